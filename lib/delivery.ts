import { Duration } from 'aws-cdk-lib';

/**
 * How long delivery of a scheduled event may take. A snapshot can't be backdated, so a late event must still begin its run on its own
 * day. Both windows end before midnight UTC.
 */
export interface Delivery {
  /** How long Scheduler retries to deliver the event to Lambda. */
  readonly schedulerAge: Duration;
  /** How long Lambda keeps an event that it can't run yet, or whose run failed. */
  readonly lambdaAge: Duration;
}

/** Scheduler may begin up to this many minutes late. */
export const WINDOW_MINUTES = 15;
/** The longest windows, so that alarms about a missing day fire in time. Lambda's own limit is six hours. */
const MOST_SCHEDULER_MINUTES = 240;
const MOST_LAMBDA_MINUTES = 300;
/** Lambda's share of the rest of the day. With the latest time allowed, it covers a run of 15 minutes and its retry. */
const LAMBDA_PART = 2 / 3;
/** Time for a run to begin. */
const SPARE_MINUTES = 1;

/** @param dailyAtUtc a valid time. At 23:15, the latest one, half an hour is left. */
export function deliveryFor(dailyAtUtc: string): Delivery {
  const left = 24 * 60 - minutesOf(dailyAtUtc) - WINDOW_MINUTES - SPARE_MINUTES;
  const lambdaMinutes = Math.min(MOST_LAMBDA_MINUTES, Math.floor(left * LAMBDA_PART));
  const schedulerMinutes = Math.min(MOST_SCHEDULER_MINUTES, left - lambdaMinutes);
  return { schedulerAge: Duration.minutes(schedulerMinutes), lambdaAge: Duration.minutes(lambdaMinutes) };
}

/** Minutes since midnight of a valid time of day, such as `02:15`. */
export function minutesOf(time: string): number {
  const [hour = '', minute = ''] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}
