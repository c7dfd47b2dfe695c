import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { INSTANCE_DIMENSION, METRICS, METRICS_NAMESPACE } from '../functions/snapshot/metrics.ts';
import { didYouMean } from './settings/nearest-name.ts';
import { shownName } from './settings/shown.ts';

type Values<T> = T[keyof T];
/** The name of a metric that an installation publishes, such as `Users` or `ChangesJoined`. */
export type MetricName = Extract<Values<typeof METRICS>, string> | Values<(typeof METRICS)['changes']>;

/** How to read a metric: statistic, period, label and so on. The dimension is always that of the installation. */
export type SnapshotMetricOptions = Omit<MetricOptions, 'dimensionsMap'>;

/** CloudWatch keeps hourly values for more than a year, and shorter periods for days or weeks only. */
export const PERIOD = Duration.hours(1);

/** Metrics whose values can't be added up. All others are counts. */
const LEVELS: ReadonlySet<MetricName> = new Set([
  METRICS.users,
  METRICS.usersDroppedPercent,
  METRICS.durationUsedPercent,
  METRICS.tokenAgeDays,
  METRICS.storeDamaged,
  METRICS.daysVerified,
]);

const { changes, ...others } = METRICS;
const NAMES: readonly string[] = [...Object.values(others), ...Object.values(changes)];

/**
 * A metric of one installation: by default hourly, with the maximum of a level and the sum of a count.
 * @throws Error if there is no such metric: an alarm on it would never fire
 */
export function snapshotMetric(instance: string, metricName: MetricName, options: SnapshotMetricOptions = {}): Metric {
  if (!NAMES.includes(metricName))
    throw new Error(
      `unknown metric ${shownName(String(metricName))}. ${didYouMean(String(metricName), NAMES, 'metrics')}`,
    );
  return new Metric({
    statistic: LEVELS.has(metricName) ? Stats.MAXIMUM : Stats.SUM,
    period: PERIOD,
    ...options,
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { [INSTANCE_DIMENSION]: instance },
  });
}
