/** Days in UTC, each as its date, such as `2026-11-23`. */
const DAY_MILLISECONDS = 86_400_000;

/** The UTC date of a moment; a number is milliseconds since 1970. */
export const dtOf = (time: Date | number): string => new Date(time).toISOString().slice(0, 10);

/** The date so many days later, or earlier if `days` is negative. */
export const addDays = (dt: string, days: number): string => dtOf(Date.parse(dt) + days * DAY_MILLISECONDS);

/** Whether the text is a date that exists: `Date` alone would accept 30 February. */
export const isDt = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && dtOf(Date.parse(text)) === text;
