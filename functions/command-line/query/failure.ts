/** Says how a query failed, without quoting a row. */
import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { SettingsError, StoreError } from '../../snapshot/errors.ts';

/** A statement whose rows are being read. */
export interface Reading {
  readonly statement: DuckDBPreparedStatement;
  readonly result: DuckDBResult;
}

/**
 * Why a result broke off. DuckDB's client ends a failed result like a complete one, except that its type is then invalid. Only running
 * the statement again reveals why.
 */
export async function failureAgain(statement: DuckDBPreparedStatement): Promise<unknown> {
  await statement.run();
  return new StoreError('the result broke off, and the same query succeeded when it was tried again. Run it again');
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^Failed to extract statements: /, '') : String(error);

const ADVICE: { readonly [kind: string]: string } = {
  'Out of Memory': 'select fewer days or columns, or provide more memory',
  Permission: 'only the tables and views can be read',
};

/** A failure while rows were read. DuckDB's message may quote them, so only its kind is reported. */
export function failureOf(error: unknown): unknown {
  const [, kind] = /^([A-Z][A-Za-z ]+) Error:/.exec(messageOf(error)) ?? [];
  return kind === undefined ? error : failedWhileReading(kind);
}

export const failedWhileReading = (kind: string): SettingsError =>
  new SettingsError(
    `the query failed while reading rows (${kind}): ${ADVICE[kind] ?? 'a value may not be what the query expects; try_cast may help'}`,
  );
