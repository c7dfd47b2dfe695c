/** Numbers of commits as ranges, so that a report stays short however many commits it is about. */

export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** @param numbers ascending */
export function numberRanges(numbers: readonly number[]): NumberRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const before = ranges.at(-1);
    if (before?.last === number - 1) before.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

export const isIn = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(({ first, last }) => first <= number && number <= last);

export const countIn = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((count, { first, last }) => count + last - first + 1, 0);

/** Continues a message about the first commit of a range. */
export const inARow = ({ first, last }: NumberRange): string =>
  first === last ? '' : `, the first of ${last - first + 1} in a row`;
