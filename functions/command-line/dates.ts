/** Dates as commands show and compare them. */
import { addDays } from '../snapshot/utc-day.ts';

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
