/** The lines of a plot: the series on common days, the largest if there are too many. */
import { addDays, daysBetween } from '../../snapshot/utc-day.ts';

/** One value for each date. Null is a gap: the day has no snapshot. A date without a point is a gap, too. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly dt: string; readonly value: number | null }[];
}

export interface Line {
  readonly name: string;
  /** One value for each day. */
  readonly values: readonly (number | null)[];
}

export interface Lines {
  /** All days from the first to the last date of any series. */
  readonly days: readonly string[];
  readonly lines: readonly Line[];
  /** How many series the last line is the sum of. 0 if each series has its own line. */
  readonly summed: number;
}

export const MOST_LINES = 8;

export function linesOf(series: readonly Series[]): Lines {
  const dates = series.flatMap(({ points }) => points.map(({ dt }) => dt)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  const days = first === undefined || last === undefined ? [] : daysBetween(first, addDays(last, 1));
  const lines = series.map(({ name, points }) => {
    const values = new Map(points.map(({ dt, value }) => [dt, value]));
    return { name, values: days.map((dt) => values.get(dt) ?? null) };
  });
  if (lines.length <= MOST_LINES) return { days, lines, summed: 0 };
  const byPeak = lines.toSorted((one, other) => peakOf(other) - peakOf(one));
  const shown = new Set(byPeak.slice(0, MOST_LINES - 1));
  const rest = lines.filter((line) => !shown.has(line));
  const other = { name: 'other', values: days.map((_, day) => sumOf(rest.map(({ values }) => values[day] ?? null))) };
  return { days, lines: [...lines.filter((line) => shown.has(line)), other], summed: rest.length };
}

/** The largest value, -1 if there is none. */
export const peakOf = ({ values }: Line): number =>
  values.reduce<number>((peak, value) => Math.max(peak, value ?? -1), -1);

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Days on which no series has a value. */
export const daysWithoutValue = ({ days, lines }: Lines): string[] =>
  days.filter((_, day) => lines.every(({ values }) => values[day] === null));
