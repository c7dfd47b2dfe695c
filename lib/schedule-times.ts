import { minutesOf } from './delivery.ts';

/** A schedule in UTC, and for how long Scheduler retries to deliver its event. */
export interface ScheduleTime {
  readonly cron: string;
  readonly retryMinutes: number;
}

const DAY_MINUTES = 24 * 60;
/** Leaves time to fix what the check finds. */
const CHECK_BEFORE_MINUTES = 3 * 60;
/** Ends before the run is due. */
const CHECK_RETRY_MINUTES = 2 * 60;
/** Later than a run can begin, which is at most 9 hours and 15 minutes after its time, and earlier than the next check. */
const VERIFY_AFTER_MINUTES = 12 * 60;
const VERIFY_RETRY_MINUTES = 4 * 60;

/**
 * When the function is checked and the store is verified: before and after the daily run, so that neither takes the concurrency that the
 * run needs. Both may begin late, also after midnight, since their results don't depend on the day.
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
