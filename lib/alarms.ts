import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INSTANCE_DIMENSION, METRICS, METRICS_NAMESPACE } from '../functions/snapshot/metrics.ts';

/** What the alarms watch. */
interface Watched {
  /** Distinguishes the metrics of several installations. */
  readonly instance: string;
  readonly function: IFunction;
  /** The queue of events that the schedule could not deliver. */
  readonly undelivered: IQueue;
  /** The queue of events that Lambda dropped without a run. */
  readonly dropped: IQueue;
}

export interface AlarmsProps extends Watched {
  readonly topic: ITopic;
}

/** When an alarm fires, and what to do then. */
interface Rule {
  readonly means: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly treatMissingData?: TreatMissingData;
}

const PERIOD = Duration.hours(1);
/** A day, plus time to fix what failed and to run again. */
const LONGEST_GAP_HOURS = 30;
const MOST_TIME_PERCENT = 80;
const MOST_DROP_PERCENT = 10;

/** Every alarm by its id. `metric` makes one of the installation's own. */
const RULES: {
  readonly [id: string]: (watched: Watched & { metric(name: string, statistic: string): Metric }) => Rule;
} = {
  NoSnapshot: ({ metric }) => ({
    means:
      `No snapshot was published for ${LONGEST_GAP_HOURS} hours: a day may be missing for good, since Anodot tells only today's users. ` +
      'Look at the other alarms and at the newest object below runs/, mend what it names, and invoke the function. ' +
      'On the first day: store the token, then invoke it once.',
    // One period of a day would be evaluated days late, and hours without data would be skipped.
    metric: filled(metric(METRICS.published, Stats.SUM), 'snapshots published'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: LONGEST_GAP_HOURS,
    treatMissingData: TreatMissingData.BREACHING,
  }),
  RunFailed: ({ metric, function: lambda }) => ({
    means:
      'A run failed, or was killed before it could say why; Lambda runs a failed event once more. ' +
      "Read `message` of the newest object below runs/, or the last lines of the function's log, mend what it names, and invoke the function. " +
      'Unless it was killed, or its message says that something is or may be committed, nothing was published by it. A refused run may ring this one too.',
    // A run that is killed writes no metric: only Lambda counts it. Lambda also counts refused runs.
    metric: new MathExpression({
      label: 'runs failed',
      expression: 'MAX([FILL(failed, 0), FILL(errors, 0) - FILL(refused, 0)])',
      period: PERIOD,
      usingMetrics: {
        failed: metric(METRICS.failed, Stats.SUM),
        refused: metric(METRICS.refused, Stats.SUM),
        errors: lambda.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
      },
    }),
    threshold: 0,
  }),
  SnapshotRefused: ({ metric }) => ({
    means:
      'A snapshot was taken and refused: no users, far fewer than before, or those of another organization. What Anodot answered is kept below raw/. ' +
      'Look at it; if it is right, invoke the function with {"force": true}, or deploy with allowEmpty=true where an account without users is right.',
    metric: metric(METRICS.refused, Stats.SUM),
    threshold: 0,
  }),
  NearlyOutOfTime: ({ metric }) => ({
    means: `A run took more than ${MOST_TIME_PERCENT} % of its time; one that takes all of it is killed. Deploy with more timeoutSeconds, or more memorySize, which is a faster processor too.`,
    metric: metric(METRICS.durationUsedPercent, Stats.MAXIMUM),
    threshold: MOST_TIME_PERCENT,
  }),
  ScheduleUndelivered: ({ undelivered }) => ({
    means:
      'The schedule could not invoke the function: is its role, the function or its concurrency changed? The event lies in the dead-letter queue. ' +
      'Mend it, invoke the function, and purge the queue: the alarm rings until it is empty.',
    metric: messagesIn(undelivered),
    threshold: 0,
  }),
  EventsDropped: ({ dropped }) => ({
    means:
      'Lambda accepted an event for the function and dropped it without a run: it was throttled, or waited until it was too old. No run of it failed: `RunFailed` reports those. ' +
      'The queue of dropped events, whose name has DroppedEvents in it, keeps each for a day: `requestPayload` shows whether the schedule or the API sent it, `condition` why it was dropped. ' +
      "Check the account's concurrency quota and the function's reserved concurrency, then invoke the function if today's snapshot is missing. The alarm returns to OK by itself.",
    metric: messagesIn(dropped),
    threshold: 0,
  }),
  DaysMissing: ({ metric }) => ({
    means:
      'A snapshot was published, but one or more days before it have none. They are missing for good, since Anodot only returns the current users. ' +
      'List them with `verify` or the view missing_days, and read the run documents of those days under runs/ to find out why. Changes of those days are in the next published change feed.',
    metric: metric(METRICS.daysMissing, Stats.SUM),
    threshold: 0,
  }),
  DriftAppeared: ({ metric }) => ({
    means:
      'The account says something new: a snapshot was published whose manifest names a field, role or value in `drift` that the previous one did not. ' +
      'Anodot may have changed its API, or somebody an account. Compare `drift` in the two manifests, check that the columns you rely on are still filled, and decide whether the new name matters.',
    metric: metric(METRICS.driftAppeared, Stats.SUM),
    threshold: 0,
  }),
  UsersDropped: ({ metric }) => ({
    means: `A snapshot was published that has over ${MOST_DROP_PERCENT} % fewer users than the one before. Look at who left: \`left\` in the changes of the day.`,
    metric: metric(METRICS.usersDroppedPercent, Stats.MAXIMUM),
    threshold: MOST_DROP_PERCENT,
  }),
  AdministratorAdded: ({ metric }) => ({
    means:
      'Somebody became an administrator of Anodot. Look at who, and whether they should: `admin_granted` in the changes of the day.',
    metric: metric(METRICS.administratorsAdded, Stats.SUM),
    threshold: 0,
  }),
};

/** The alarms on one installation, each sent to the topic. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { topic, ...watched }: AlarmsProps) {
    super(scope, id);
    const { instance } = watched;
    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { [INSTANCE_DIMENSION]: instance },
        statistic,
        period: PERIOD,
      });
    for (const [id, ruleFor] of Object.entries(RULES)) {
      const { means, ...rule } = ruleFor({ ...watched, metric });
      new Alarm(this, id, {
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        ...rule,
        alarmDescription: `${means} See "When it fails" in the README of anodot-user-snapshots. Instance: ${instance}.`,
      }).addAlarmAction(new SnsAction(topic));
    }
  }
}

/** How many messages are in a queue. */
const messagesIn = (queue: IQueue) =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM });

/** Counts 0 in a period without data. */
const filled = (count: Metric, label: string) =>
  new MathExpression({ label, expression: 'FILL(count, 0)', period: PERIOD, usingMetrics: { count } });
