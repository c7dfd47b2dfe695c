/** When the function checks and verifies, hours before and after its daily run. */
import { minutesOf } from './delivery.ts';

/** A schedule in UTC, and for how long Scheduler retries to deliver its event. */
export interface ScheduleTime {
  readonly cron: string;
  readonly retryMinutes: number;
}

const DAY_MINUTES = 24 * 60;
/** Leaves time to fix what the check finds. */
const CHECK_BEFORE_MINUTES = 3 * 60;
/** Scheduler's delivery ends before the run is due. Lambda may keep an event that it can't run yet for up to five hours more. */
const CHECK_RETRY_MINUTES = 2 * 60;
/** Later than a run can begin, which is at most 9 hours and 15 minutes after its time. */
const VERIFY_AFTER_MINUTES = 12 * 60;
/** Scheduler's delivery ends before the next check is due. */
const VERIFY_RETRY_MINUTES = 4 * 60;

/**
 * Far enough from the daily run that neither a check nor a verification normally takes the concurrency that the run needs. If Lambda
 * throttles the function, a check may begin after the run's time, and a verification after the next check's. Both may begin after midnight,
 * since their results don't depend on the day.
 */
export const timesAround = (dailyAtUtc: string): { readonly check: ScheduleTime; readonly verify: ScheduleTime } => {
  const run = minutesOf(dailyAtUtc);
  return {
    check: { cron: cronAt(run - CHECK_BEFORE_MINUTES, '* * ?'), retryMinutes: CHECK_RETRY_MINUTES },
    verify: { cron: cronAt(run + VERIFY_AFTER_MINUTES, '? * SUN'), retryMinutes: VERIFY_RETRY_MINUTES },
  };
};

/** @param days of the month, month and day of the week */
export function cronAt(minutes: number, days: string): string {
  const ofDay = (minutes + DAY_MINUTES) % DAY_MINUTES;
  return `cron(${ofDay % 60} ${Math.floor(ofDay / 60)} ${days} *)`;
}
