import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { RULES, type Rule, type Watched } from './alarm-rules.ts';
import { snapshotMetric } from './snapshot-metric.ts';

/** The name of an alarm, such as `NoSnapshot`. */
export type AlarmName = keyof typeof RULES;
/** Every alarm of an installation, by its name. */
export type SnapshotAlarms = { readonly [name in AlarmName]: Alarm };

export interface AlarmsProps extends Omit<Watched, 'metric'> {
  /** The installation whose metrics are watched. */
  readonly instance: string;
  /** The topic that is notified when an alarm fires. */
  readonly topic: ITopic;
}

/** The section of the documentation that explains an alarm. Its heading is the alarm's name. */
export const runbookOf = (name: AlarmName): string => `docs/operate.md#${name.toLowerCase()}`;

/** The alarms of one installation, each with an action that notifies the topic. */
export class Alarms extends Construct {
  /** The alarms, each by the name of its construct. */
  readonly byName: SnapshotAlarms;

  constructor(scope: Construct, id: string, { instance, topic, ...parts }: AlarmsProps) {
    super(scope, id);
    const watched: Watched = { ...parts, metric: (name) => snapshotMetric(instance, name) };
    const alarm = (name: AlarmName) => this.#alarm(name, RULES[name](watched), instance, topic);
    this.byName = {
      NoSnapshot: alarm('NoSnapshot'),
      RunFailed: alarm('RunFailed'),
      SnapshotRefused: alarm('SnapshotRefused'),
      NearlyOutOfTime: alarm('NearlyOutOfTime'),
      ScheduleUndelivered: alarm('ScheduleUndelivered'),
      EventsDropped: alarm('EventsDropped'),
      DaysMissing: alarm('DaysMissing'),
      DriftAppeared: alarm('DriftAppeared'),
      UsersDropped: alarm('UsersDropped'),
      AdministratorAdded: alarm('AdministratorAdded'),
    };
  }

  #alarm(name: AlarmName, { means, ...rule }: Rule, instance: string, topic: ITopic): Alarm {
    const alarm = new Alarm(this, name, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...rule,
      alarmDescription: `${means} Runbook: ${runbookOf(name)}. Instance: ${instance}.`,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }
}
