/** Ids that a spreadsheet shows differently, because it takes them for numbers, dates or truth values when it opens a CSV file. */
import { datesIn } from './read-date.ts';
import { truthIn } from './sheet-differences.ts';

const NUMBER = /^[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i;
const DATE = /^\d{1,4}([-./])\d{1,2}(?:\1(?:\d{1,4})?)?$/;
/** Excel shows a long number with six digits. */
const PRECISION = 1e-5;

/** @param ids of all users of a review */
export function convertedIds(ids: readonly string[]) {
  const numbers = ids.flatMap(numberIn).sort((one, other) => one - other);
  const dates = ids.filter((id) => DATE.test(id)).length;
  const truths = Map.groupBy(ids, truthIn);
  return {
    isConverted,
    /** How many of the ids may be shown like this. */
    count(cell: string): number {
      const [number] = numberIn(cell);
      const truth = truthIn(cell);
      const asNumber = number === undefined ? 0 : numbersNear(numbers, number);
      const asTruth = truth === undefined ? 0 : (truths.get(truth)?.length ?? 0);
      return asNumber + asTruth + (isDate(cell) ? dates : 0);
    },
  };
}

/** Whether a spreadsheet may show this id like this. */
function isConverted(id: string, cell: string): boolean {
  const [exact] = numberIn(id);
  const [found] = numberIn(cell);
  if (exact !== undefined && found !== undefined) return isNear(exact, found);
  const truth = truthIn(id);
  return truth === undefined ? DATE.test(id) && isDate(cell) : truth === truthIn(cell);
}

function numberIn(text: string): number[] {
  const number = NUMBER.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
  return Number.isFinite(number) ? [number] : [];
}

const isDate = (cell: string): boolean => DATE.test(cell) || datesIn(cell, { first: 1900, last: 2099 }).length > 0;

const isNear = (exact: number, found: number): boolean => Math.abs(exact - found) <= Math.abs(exact) * PRECISION;

/** By bisection, since an account may have many such ids. @param sorted ascending */
function numbersNear(sorted: readonly number[], found: number): number {
  let [low, high] = [0, sorted.length];
  const least = found - Math.abs(found) * 2 * PRECISION;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  let count = 0;
  for (let i = low; i < sorted.length && count < 2; i++) {
    const exact = sorted[i] ?? 0;
    if (isNear(exact, found)) count++;
    else if (exact > found) break;
  }
  return count;
}
