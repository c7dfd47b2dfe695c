/** Days and times in UTC, in the format of keys and documents. */

export const DAY_MILLISECONDS = 86_400_000;

/** The UTC date of a moment (a Date, or milliseconds since the epoch): `2026-11-23`. */
export const dtOf = (moment: Date | number): string => new Date(moment).toISOString().slice(0, 10);

/** A run accepts a clock that is this far from Anodot's, so the clock that dated a snapshot may be this far ahead of ours. */
export const MAX_CLOCK_DIFFERENCE = 15 * 60_000;

/** The latest date that a run can have: tomorrow in the last minutes of the day. */
export const latestDt = (now: Date): string => dtOf(now.getTime() + MAX_CLOCK_DIFFERENCE);

/** The date `days` days later, or earlier if `days` is negative. */
export const addDays = (dt: string, days: number): string => dtOf(Date.parse(dt) + days * DAY_MILLISECONDS);

/** Whether a text is a calendar date such as `2026-11-23`. The 30th of February isn't one. */
export function isDt(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && dtOf(time) === text;
}

/** The dates from `first` up to, but not including, `end`, in order. */
export function daysBetween(first: string, end: string): string[] {
  const days: string[] = [];
  for (let dt = first; dt < end; dt = addDays(dt, 1)) days.push(dt);
  return days;
}

/** The nearest of these days before and after a date. @param days ascending */
export function nearestDays(days: readonly string[], dt: string): string[] {
  const before = days.findLast((day) => day < dt);
  const after = days.find((day) => day > dt);
  return [before, after].flatMap((day) => day ?? []);
}

/** An ISO 8601 UTC time in the format of run ids: `20261123T021500Z`. */
export const compactUtc = (utc: string): string => `${utc.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
