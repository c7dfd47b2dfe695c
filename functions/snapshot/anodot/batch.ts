import { readInside } from './json-scan.ts';

/** Some elements of the array, in order, as JSON.parse returns them. */
export interface Batch {
  readonly elements: readonly unknown[];
  /** The JSON text of an element as it was received: JSON.parse changes numbers such as `1.10`, 2^53 + 1 and 1e400. */
  text(index: number): string;
}

export const NO_ELEMENTS: Batch = { elements: [], text: () => '' };

/** @param inside the text between the array's brackets, with or without the closing one and what follows it */
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

/** Whether an element, with the white space around it, has more characters than `length`. */
export function holdsLonger(inside: string, length: number): boolean {
  if (inside.length <= length) return false;
  const borders = bordersOf(inside);
  return borders.some((border, i) => border - (borders[i - 1] ?? border) - 1 > length);
}

/** The positions that separate the elements, the beginning and the end included. */
function bordersOf(inside: string): readonly number[] {
  const { commas, end } = readInside(inside);
  return [-1, ...commas, end];
}
