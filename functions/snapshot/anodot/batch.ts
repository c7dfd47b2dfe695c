import { readInside } from './json-scan.ts';

/** Some elements of the array, in order, as JSON.parse returns them. */
export interface Batch {
  readonly elements: readonly unknown[];
  /** The JSON text of an element as received. JSON.parse changes numbers such as `1.10`, 2^53 + 1 and 1e400. */
  text(index: number): string;
}

export const NO_ELEMENTS: Batch = { elements: [], text: () => '' };

/** @param inside the text after the array's opening bracket. May include the closing bracket and anything after it */
export function batchOf(elements: readonly unknown[], inside: string): Batch {
  let borders: readonly number[] | undefined;
  return {
    elements,
    text: (index) => {
      borders ??= bordersOf(inside);
      return inside.slice((borders[index] ?? -1) + 1, borders[index + 1]);
    },
  };
}

/** Whether any element, white space around it included, is longer than `length` characters. */
export function holdsLonger(inside: string, length: number): boolean {
  if (inside.length <= length) return false;
  const borders = bordersOf(inside);
  return borders.some((border, i) => border - (borders[i - 1] ?? border) - 1 > length);
}

/** The positions of the separators, and those before the first and after the last element. */
function bordersOf(inside: string): readonly number[] {
  const { commas, end } = readInside(inside);
  return [-1, ...commas, end];
}
