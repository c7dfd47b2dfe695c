import { expect, inject } from 'vitest';
import { answerOf } from '../sql/ask.ts';
import type { Rows } from '../sql/expected.ts';
import { utcToday } from '../sql/history.ts';
import { query, type TrinoAnswer } from './query.ts';

/** East and west of UTC: one is a day ahead for fourteen hours of each day, the other a day behind for four or five. */
export const ZONES = ['Pacific/Kiritimati', 'America/New_York'] as const;

/** Queries the deployed catalog in Trino. */
export function ask(sql: string, zone = 'UTC'): Promise<TrinoAnswer> {
  const { trino, database } = inject('deployed');
  return query({ url: trino, schema: database, zone }, sql);
}

/** Runs the same SQL over the same objects in DuckDB, as the command does. */
export const askDuckDb = (sql: string): Promise<Rows> => answerOf(inject('deployed').folder, sql);

/** Repeats a check if midnight passed meanwhile, because the rows of views depend on the date. */
export async function onOneDay(check: (today: string) => Promise<void>): Promise<void> {
  for (;;) {
    const today = utcToday();
    try {
      await check(today);
      return;
    } catch (error) {
      if (today === utcToday()) throw error;
    }
  }
}

/** Expects the same rows, in any order, with the keys of their maps in any order. */
export function expectSameRows(rows: Rows, expected: Rows): void {
  expect(canonical(rows)).toEqual(canonical(expected));
}

const canonical = (rows: Rows): unknown[] =>
  rows
    .map(textOf)
    .sort()
    .map((row) => JSON.parse(row));

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
