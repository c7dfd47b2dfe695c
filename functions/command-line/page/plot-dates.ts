/** Dates of a plot: the ticks of its time axis. */
import { addDays, daysBetween } from '../../snapshot/utc-day.ts';

const MOST_TICKS = 6;
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120];

const MONTH = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });
const yearOf = (dt: string) => dt.slice(0, 4);
const dayOf = (dt: string) => Number(dt.slice(8));
const monthName = (dt: string) => MONTH.format(Date.parse(dt));

export interface DateTick {
  readonly dt: string;
  /** One or two lines. The second is the year if it differs from that of the tick before. */
  readonly label: string;
}

/** Ticks for the days from `first` to `last`, few enough for their labels to stay apart. */
export function dateTicks(first: string, last: string): DateTick[] {
  const days = daysBetween(first, addDays(last, 1));
  const step = DAY_STEPS.find((count) => days.length <= count * MOST_TICKS);
  if (step !== undefined)
    return labelled(
      days.filter((_, index) => index % step === 0),
      (dt) => `${dayOf(dt)} ${monthName(dt)}`,
    );
  const months = days.filter((dt) => dayOf(dt) === 1);
  const each = (count: number) =>
    months.filter((dt) => (Number(yearOf(dt)) * 12 + Number(dt.slice(5, 7)) - 1) % count === 0);
  const count = MONTH_STEPS.find((months) => each(months).length <= MOST_TICKS) ?? 120;
  return count < 12 ? labelled(each(count), monthName) : each(count).map((dt) => ({ dt, label: yearOf(dt) }));
}

const labelled = (dts: readonly string[], text: (dt: string) => string): DateTick[] =>
  dts.map((dt, index) => {
    const before = dts[index - 1];
    const year = before === undefined || yearOf(before) !== yearOf(dt) ? `\n${yearOf(dt)}` : '';
    return { dt, label: text(dt) + year };
  });
