/** Ascending values, such as dates or numbers of commits, as ranges of consecutive ones. */

export interface Range<T> {
  readonly first: T;
  readonly last: T;
}

/**
 * @param values ascending
 * @param next the value that continues a range
 */
export function rangesIn<T>(values: readonly T[], next: (value: T) => T): Range<T>[] {
  const ranges: { first: T; last: T }[] = [];
  for (const value of values) {
    const before = ranges.at(-1);
    if (before && next(before.last) === value) before.last = value;
    else ranges.push({ first: value, last: value });
  }
  return ranges;
}
