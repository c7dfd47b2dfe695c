/** Fixed times for tests in which no time passes: noon on a day of February 2020, and a run that starts then. */

export const noon = (day: number): Date => new Date(Date.UTC(2020, 1, day, 12));
export const dtOf = (day: number): string => noon(day).toISOString().slice(0, 10);

/** A run's start and its clock, which is stopped at that time. */
export const runAt = (time: Date): { readonly startedAt: Date; readonly now: () => Date } => ({
  startedAt: time,
  now: () => time,
});
