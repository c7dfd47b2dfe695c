/** Numbers of commits as ranges, so that a report stays short however many commits it is about. */
import { type Range, rangesIn } from '../ranges.ts';

export type NumberRange = Range<number>;

/** @param numbers ascending */
export const numberRanges = (numbers: readonly number[]): NumberRange[] => rangesIn(numbers, (number) => number + 1);

export const isIn = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(({ first, last }) => first <= number && number <= last);

export const countIn = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((count, { first, last }) => count + last - first + 1, 0);

/** Continues a message about the first commit of a range. */
export const inARow = ({ first, last }: NumberRange): string =>
  first === last ? '' : `, the first of ${last - first + 1} in a row`;
