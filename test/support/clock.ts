/** Fixed times for tests in which no time passes: noon on a day of February 2020, and the run that starts then. */

export const noon = (day: number): Date => new Date(Date.UTC(2020, 1, day, 12));
export const dtOf = (day: number): string => noon(day).toISOString().slice(0, 10);

/** A run's start and clock, both stopped at this time. */
export const runAt = (time: Date): { readonly startedAt: Date; readonly now: () => Date } => ({
  startedAt: time,
  now: () => time,
});
