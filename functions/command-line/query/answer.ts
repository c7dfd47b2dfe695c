/** What a query answers and the formats that it is printed in: everything about an answer that needs no DuckDB. */
import type { Cell } from './cells.ts';

export const QUERY_FORMATS = ['text', 'json', 'csv', 'markdown'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** An answer, which can be read more than once. */
export interface Answer {
  readonly names: readonly string[];
  readonly rowCount: number;
  rows(): Iterable<readonly Cell[]>;
}
