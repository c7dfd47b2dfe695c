/** Dates as commands show and compare them. */
import { type Range, rangesIn } from '../snapshot/ranges.ts';
import { addDays } from '../snapshot/utc-day.ts';

/** Whether a date is in the future everywhere: east of UTC it may already be tomorrow. */
export const isInFuture = (dt: string, today: string): boolean => dt > addDays(today, 1);

export type DateRange = Range<string>;

/** Ascending dates as ranges of consecutive ones. */
export const rangesOf = (dates: readonly string[]): DateRange[] => rangesIn(dates, (dt) => addDays(dt, 1));

export const rangeText = ({ first, last }: DateRange): string => (first === last ? first : `${first} to ${last}`);
