import { Duration } from 'aws-cdk-lib';

/**
 * How long delivery of a scheduled event may take. A snapshot can't be dated back, so an event that is delivered late must still begin
 * its run on its own day: the windows end before midnight UTC.
 */
export interface Delivery {
  /** How long Scheduler retries to hand the event to Lambda. */
  readonly schedulerAge: Duration;
  /** How long Lambda keeps an event that it can't run, or whose run failed. */
  readonly lambdaAge: Duration;
}

/** Scheduler may begin up to this much later. */
export const WINDOW_MINUTES = 15;
/** Later than this is too late for its day, and alarms fire for a missing day. Lambda's own limit is six hours. */
const MOST_SCHEDULER_MINUTES = 240;
const MOST_LAMBDA_MINUTES = 300;
/** Lambda's part of the time that is left: with the latest time allowed it covers a run of 15 minutes and its retry. */
const LAMBDA_PART = 2 / 3;
/** For a run to begin. */
const SPARE_MINUTES = 1;

/** @param dailyAtUtc a time that the rule for it allows: at 23:15, half an hour is left */
export function deliveryFor(dailyAtUtc: string): Delivery {
  const [hour = '', minute = ''] = dailyAtUtc.split(':');
  const left = 24 * 60 - (Number(hour) * 60 + Number(minute)) - WINDOW_MINUTES - SPARE_MINUTES;
  const lambdaMinutes = Math.min(MOST_LAMBDA_MINUTES, Math.floor(left * LAMBDA_PART));
  const schedulerMinutes = Math.min(MOST_SCHEDULER_MINUTES, left - lambdaMinutes);
  return { schedulerAge: Duration.minutes(schedulerMinutes), lambdaAge: Duration.minutes(lambdaMinutes) };
}
