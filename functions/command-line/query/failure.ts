/** Says how a query failed, without quoting a row. */
import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { SettingsError, StoreError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { OutputError } from '../output.ts';
import { globOf, pathOf } from './tables.ts';

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

/**
 * The object that can't be read, if the failure names one. The failure's own message may quote the object's content.
 * @param keys of all objects that may be read
 */
export function damageIn(error: unknown, store: Store, keys: readonly string[]): StoreError | undefined {
  const message = messageOf(error);
  if (/^(Parser|Binder|Catalog) Error/.test(message)) return undefined; // it quotes the query
  const named = keys.filter((key) => {
    const path = pathOf(store, key);
    return message.includes(path) || message.includes(globOf(path));
  });
  const key = named.sort((a, b) => b.length - a.length)[0];
  return key === undefined
    ? undefined
    : new StoreError(`${store.location}: ${key} can't be read as rows of its table. Run verify`);
}

/** The failure to write the target, if it names it. The target is a temporary file, so its name is left out. */
export function writeFailureIn(error: unknown, target: string): OutputError | undefined {
  const message = messageOf(error);
  if (!message.includes(target)) return undefined;
  const why = message.slice(message.lastIndexOf(target) + target.length).replace(/^["']?[:;,\s]*/, '');
  return new OutputError(`could not write the file (${why || 'unknown'})`, { cause: error });
}
