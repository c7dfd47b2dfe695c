/** The result of a query and its output formats: everything about a result that doesn't need DuckDB. */
import type { Cell } from './cells.ts';

export const QUERY_FORMATS = ['text', 'line', 'json', 'csv', 'markdown'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

export type Row = readonly Cell[];

/** A result of any length, of which only one batch is held. */
export interface QueryResult {
  readonly names: readonly string[];
  /** The rows, read once. There is at least one batch, which is empty if there are no rows. */
  batches(): AsyncIterable<readonly Row[]>;
}

/** The result, and how many of its rows have been read. */
export function counted({ names, batches }: QueryResult): {
  readonly result: QueryResult;
  readonly count: () => number;
} {
  let count = 0;
  async function* counting() {
    for await (const rows of batches()) {
      count += rows.length;
      yield rows;
    }
  }
  return { result: { names, batches: counting }, count: () => count };
}
