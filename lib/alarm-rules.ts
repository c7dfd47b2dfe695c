import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, type Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRICS } from '../functions/snapshot/metrics.ts';
import type { Rule, Watched } from './alarm-rule.ts';
import { EVIDENCE_RULES } from './evidence-rules.ts';
import { PERIOD } from './snapshot-metric.ts';

/** A day, plus time to fix what failed and to run again. */
const LONGEST_GAP_HOURS = 30;
const MOST_TIME_PERCENT = 80;
const MOST_DROP_PERCENT = 10;

/** Every alarm by its name, which is also its construct id and its heading in the runbook. */
export const RULES = {
  NoSnapshot: ({ metric }) => ({
    means:
      'No snapshot was published for more than a day. A day without a snapshot is lost, because Anodot only returns current users. ' +
      'Read the newest run document under runs/ and check the other alarms. Fix what they report, then invoke the function. ' +
      'After the first deployment, store the token and invoke the function once.',
    // One period of a day would be evaluated days late, and hours without data would be skipped.
    metric: filled(metric(METRICS.published), 'snapshots published'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: LONGEST_GAP_HOURS,
    treatMissingData: TreatMissingData.BREACHING,
  }),
  RunFailed: ({ metric, function: lambda }) => ({
    means:
      'A run failed or was killed. A check or a verification that could not finish counts, too. Lambda retries a failed event once. ' +
      "Read `message` in the newest run document under runs/, or the end of the function's log. Fix the cause, then invoke the function. " +
      'Nothing was published, unless the run was killed or its message says that something is or may be committed. ' +
      'A refused run can also trigger this alarm.',
    // A run that is killed writes no metric: only Lambda counts it. Lambda also counts refused runs.
    metric: new MathExpression({
      label: 'runs failed',
      expression: 'MAX([FILL(failed, 0), FILL(errors, 0) - FILL(refused, 0)])',
      period: PERIOD,
      usingMetrics: {
        failed: metric(METRICS.failed),
        refused: metric(METRICS.refused),
        errors: lambda.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
      },
    }),
    threshold: 0,
  }),
  SnapshotRefused: ({ metric }) => ({
    means:
      'A snapshot was taken but not published, because it looks wrong. For example, it has no users, far fewer than before, or users of another organization. ' +
      'Read `message` in the newest run document under runs/. The response is kept under raw/, unless keepRaw=false. ' +
      'If the snapshot is right, invoke the function with {"force": true}. If the account is meant to have no users, deploy with allowEmpty=true.',
    metric: metric(METRICS.refused),
    threshold: 0,
  }),
  NearlyOutOfTime: ({ metric }) => ({
    means:
      'A run used most of its time, or the weekly verification did not finish in its half of it. A run that reaches the timeout is killed. ' +
      'Deploy with a larger timeoutSeconds, or a larger memorySize, which also means a faster processor.',
    // A verification writes no duration, since it stops in time. One that did not finish counts as 100 %.
    metric: new MathExpression({
      label: '% of the time',
      expression: 'MAX([FILL(used, 0), FILL(unfinished, 0) * 100])',
      period: PERIOD,
      usingMetrics: {
        used: metric(METRICS.durationUsedPercent),
        unfinished: metric(METRICS.verificationUnfinished),
      },
    }),
    threshold: MOST_TIME_PERCENT,
  }),
  ScheduleUndelivered: ({ undelivered }) => ({
    means:
      'The schedule could not invoke the function for a run, a check or a verification. ' +
      'The event is in the dead-letter queue, whose name contains Undelivered. ' +
      "Check whether the schedule's role, the function or its concurrency was changed. Fix that. " +
      "If today's snapshot is missing, invoke the function. " +
      'Then purge the queue: the alarm stays in ALARM until the queue is empty.',
    metric: messagesIn(undelivered),
    threshold: 0,
  }),
  EventsDropped: ({ dropped }) => ({
    means:
      'Lambda dropped an event without a run, because it was throttled or too old. Failed runs are reported by RunFailed instead. ' +
      'The queue whose name contains DroppedEvents keeps the event for a day: `requestPayload` shows whether it was a run, a check or a verification, and `condition` why it was dropped. ' +
      "Check the account's concurrency quota and the function's reserved concurrency. If today's snapshot is missing, invoke the function. " +
      'The alarm returns to OK by itself.',
    metric: messagesIn(dropped),
    threshold: 0,
  }),
  DaysMissing: ({ metric }) => ({
    means:
      'A snapshot was published, but one or more days before it have none. Those days are lost, because Anodot only returns current users. ' +
      'List them with `verify` or the view missing_days. Their run documents under runs/ show why. ' +
      'The change feed of the snapshot includes what changed on those days.',
    metric: metric(METRICS.daysMissing),
    threshold: 0,
  }),
  DriftAppeared: ({ metric }) => ({
    means:
      "A published snapshot differs from Anodot's documentation in a way that the previous one did not: " +
      'an unknown field or role, a missing field, or a value of another type. ' +
      'Anodot may have changed its API, or someone may have added a role. Compare `drift` in the manifests of both snapshots, ' +
      'and check that the columns you rely on are still filled.',
    metric: metric(METRICS.driftAppeared),
    threshold: 0,
  }),
  UsersDropped: ({ metric }) => ({
    means:
      'A snapshot was published with far fewer users than the previous one. ' +
      'Check who left: the command `changes --only left` lists them, and so does the table user_changes.',
    metric: metric(METRICS.usersDroppedPercent),
    threshold: MOST_DROP_PERCENT,
  }),
  AdministratorAdded: ({ metric }) => ({
    means:
      'Someone became an administrator in Anodot. ' +
      'Check who, and whether they should be: the command `changes --only admin_granted` lists them, and so does the view admin_history.',
    metric: metric(METRICS.administratorsAdded),
    threshold: 0,
  }),
  ...EVIDENCE_RULES,
} as const satisfies { readonly [name: string]: (watched: Watched) => Rule };

/** How many messages are in a queue. */
const messagesIn = (queue: IQueue) =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM });

/** Counts 0 in a period without data. */
const filled = (count: Metric, label: string) =>
  new MathExpression({ label, expression: 'FILL(count, 0)', period: PERIOD, usingMetrics: { count } });
