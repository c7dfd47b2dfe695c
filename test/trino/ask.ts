import { expect, inject } from 'vitest';
import { answerOf } from '../sql/ask.ts';
import type { Rows } from '../sql/expected.ts';
import { utcToday } from '../sql/history.ts';
import { query, type TrinoAnswer } from './query.ts';

/** East and west of UTC: in one it is tomorrow for fourteen hours of each day, in the other yesterday for four or five. */
export const ZONES = ['Pacific/Kiritimati', 'America/New_York'] as const;

/** Trino's answer over what is deployed. */
export function ask(sql: string, zone = 'UTC'): Promise<TrinoAnswer> {
  const { trino, database } = inject('deployed');
  return query({ url: trino, schema: database, zone }, sql);
}

/** DuckDB's answer from the same text over the same objects, as the command gives it. */
export const askDuckDb = (sql: string): Promise<Rows> => answerOf(inject('deployed').folder, sql);

/** Runs a check again where midnight passed in it, since what views answer follows the date. */
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

/** The same rows, in whatever order and with the keys of their maps in whatever order. */
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
