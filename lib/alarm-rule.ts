/** What an alarm consists of: its metric, its limit, and the text that says what to do. */
import type { ComparisonOperator, IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { MetricName } from './snapshot-metric.ts';

/** What the alarms of an installation watch. */
export interface Watched {
  /** The function that takes snapshots. */
  readonly function: IFunction;
  /** The queue of events that the schedule could not deliver. */
  readonly undelivered: IQueue;
  /** The queue of events that Lambda dropped without a run. */
  readonly dropped: IQueue;
  /** Age of the token at which an alarm fires. */
  readonly maxTokenAgeDays: number;
  /** A metric of the installation, with its default statistic and period. */
  metric(name: MetricName): Metric;
}

/** When an alarm fires, and what it says. By default it fires as soon as the metric is above the threshold for one period. */
export interface Rule {
  /** What it means, how to look, how to fix it. It names no threshold, which an app can change. */
  readonly means: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly treatMissingData?: TreatMissingData;
}
