/** Dates as commands show and compare them. */
import { addDays, dtOf } from '../snapshot/utc-day.ts';

/** A run accepts a clock that is this far from Anodot's, so this machine's clock may be that slow. */
const CLOCK_DIFFERENCE = 15 * 60_000;

/** The latest date that a run can have: tomorrow in the last minutes of the day. */
export const latestDt = (now: Date): string => dtOf(now.getTime() + CLOCK_DIFFERENCE);

/** Whether a date is in the future everywhere: east of UTC it may already be tomorrow. */
export const isInFuture = (dt: string, today: string): boolean => dt > addDays(today, 1);

export interface DateRange {
  readonly first: string;
  readonly last: string;
}

/** Ascending dates as ranges of consecutive ones. */
export function rangesOf(dates: readonly string[]): DateRange[] {
  const found: { first: string; last: string }[] = [];
  for (const dt of dates) {
    const before = found.at(-1);
    if (before && addDays(before.last, 1) === dt) before.last = dt;
    else found.push({ first: dt, last: dt });
  }
  return found;
}

export const rangeText = ({ first, last }: DateRange): string => (first === last ? first : `${first} to ${last}`);
