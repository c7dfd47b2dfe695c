import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Rule, Watched } from './alarm-rule.ts';
import { RULES } from './alarm-rules.ts';
import { didYouMean } from './settings/nearest-name.ts';
import { shownName } from './settings/shown.ts';
import { snapshotMetric } from './snapshot-metric.ts';

/** The name of an alarm, such as `NoSnapshot`. */
export type AlarmName = keyof typeof RULES;
/** Alarms that some installations don't have, and why. */
const WITHOUT = {
  TokenOld: 'maxTokenAgeDays is 0',
  CommitUnsigned: 'commits are not signed. Set sign to true',
} as const satisfies { readonly [name in AlarmName]?: string };
type OptionalName = keyof typeof WITHOUT;
/** Every alarm of an installation, by its name. `TokenOld` is undefined if `maxTokenAgeDays` is 0, and `CommitUnsigned` without `sign`. */
export type SnapshotAlarms = { readonly [name in Exclude<AlarmName, OptionalName>]: Alarm } & {
  readonly [name in OptionalName]?: Alarm | undefined;
};

export interface AlarmsProps extends Omit<Watched, 'metric'> {
  /** Whether commits are signed. */
  readonly sign: boolean;
  /** The installation whose metrics are watched. */
  readonly instance: string;
  /** The topic that is notified when an alarm fires. */
  readonly topic: ITopic;
}

/** The section of the documentation that explains an alarm. Its heading is the alarm's name. */
export const runbookOf = (name: AlarmName): string => `docs/operate.md#${name.toLowerCase()}`;

/** @throws Error if there is no such alarm, or if this installation doesn't have it */
export function alarmNamed(alarms: SnapshotAlarms, name: AlarmName): Alarm {
  const names = Object.keys(RULES);
  if (!names.includes(name))
    throw new Error(`unknown alarm ${shownName(String(name))}. ${didYouMean(String(name), names, 'alarms')}`);
  const alarm = alarms[name];
  if (alarm) return alarm;
  throw new Error(`there is no alarm ${name}: ${new Map(Object.entries(WITHOUT)).get(name)}`);
}

/** The alarms of one installation, each with an action that notifies the topic. */
export class Alarms extends Construct {
  /** The alarms, each by the name of its construct. */
  readonly byName: SnapshotAlarms;

  constructor(scope: Construct, id: string, { instance, topic, sign, ...parts }: AlarmsProps) {
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
      StoreDamaged: alarm('StoreDamaged'),
      CheckFailed: alarm('CheckFailed'),
      ...(parts.maxTokenAgeDays > 0 && { TokenOld: alarm('TokenOld') }),
      ...(sign && { CommitUnsigned: alarm('CommitUnsigned') }),
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
