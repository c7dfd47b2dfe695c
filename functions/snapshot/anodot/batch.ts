import { readInside } from './json-scan.ts';

/** Some elements of the array, in order, as JSON.parse returns them. */
export interface Batch {
  readonly elements: readonly unknown[];
  /** The element again, with each number that JavaScript would change (`1.10`, 2^53 + 1, 1e400) as a raw JSON text. */
  exact(index: number): unknown;
}

export const NO_ELEMENTS: Batch = { elements: [], exact: () => undefined };

/** @param inside the text between the array's brackets, with or without the closing one and what follows it */
export function batchOf(elements: readonly unknown[], inside: string): Batch {
  let borders: readonly number[] | undefined;
  return {
    elements,
    exact: (index) => {
      borders ??= bordersOf(inside);
      // Only this element: one of the others may be nested too deeply for a reviver.
      return JSON.parse(inside.slice((borders[index] ?? -1) + 1, borders[index + 1]), keepDigits);
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

const keepDigits = (_key: string, value: unknown, context: { source?: string }): unknown =>
  typeof value === 'number' && context.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value;
