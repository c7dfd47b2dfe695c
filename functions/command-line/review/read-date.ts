/** Reads a date that a person typed or a spreadsheet displayed, without guessing which of two it is. */
import { dtOf, isDt } from '../../snapshot/utc-day.ts';

/** A time of day after a date. */
const TIME = '(?:[T ,]+\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?: ?[ap]\\.?m\\.?)?)?';
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i;
const YEAR_FIRST = new RegExp(`^(\\d{4})([-./]) ?(\\d{1,2})\\2 ?(\\d{1,2})\\.?${TIME}$`, 'i');
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-./]) ?(\\d{1,2})\\2 ?(\\d{4}|\\d{2})\\.?${TIME}$`, 'i');
const DAY_NAME = /^(?:[a-z]+day|mon|tues?|wed|thu|thurs?|fri|sat|sun)[.,]? /i;
const DAY_MONTH = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[-. /]+([a-z]{3,9})[-., /]+(\\d{4}|\\d{2})${TIME}$`, 'i');
const MONTH_DAY = new RegExp(`^([a-z]{3,9})[-. ]+(\\d{1,2})(?:st|nd|rd|th)?[-, ]+(\\d{4})${TIME}$`, 'i');
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
];

/**
 * Every date that a text can mean, none if it isn't a date. English names of months are known. A time with a zone means its UTC date.
 * @param years that are possible. A year of two digits at the beginning counts only if it is one of them
 */
export function datesIn(typed: string, years: { readonly first: number; readonly last: number }): string[] {
  const text = typed.normalize('NFKC').trim().replace(DAY_NAME, '');
  if (ZONED.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? [] : [dtOf(time)];
  }
  const found = [...numeric(text, years), ...withMonthName(text)];
  return [...new Set(found.filter(isDt))].sort();
}

function numeric(text: string, { first, last }: { readonly first: number; readonly last: number }): string[] {
  const [, year, , month, day] = YEAR_FIRST.exec(text) ?? [];
  if (year && month && day) return [dtFrom(year, month, day)];
  const [, a, separator, b, c] = YEAR_LAST.exec(text) ?? [];
  if (!a || !b || !c) return [];
  const readings = [dtFrom(c, b, a), dtFrom(c, a, b)];
  const isYear = a.length === 2 && separator !== '.' && 2000 + Number(a) >= first && 2000 + Number(a) <= last;
  return isYear && c.length === 2 ? [...readings, dtFrom(a, b, c)] : readings;
}

function withMonthName(text: string): string[] {
  const [, day, month, year] = DAY_MONTH.exec(text) ?? [];
  if (day && month && year) return named(year, month, day);
  const [, name, dayAfter, yearAfter] = MONTH_DAY.exec(text) ?? [];
  return name && dayAfter && yearAfter ? named(yearAfter, name, dayAfter) : [];
}

function named(year: string, name: string, day: string): string[] {
  const month = MONTHS.findIndex((known) => known.startsWith(name.toLowerCase().replace(/^sept$/, 'sep'))) + 1;
  return month === 0 ? [] : [dtFrom(year, String(month), day)];
}

const dtFrom = (year: string, month: string, day: string): string =>
  `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
