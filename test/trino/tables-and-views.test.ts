import { expect, inject, test } from 'vitest';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { ask, askDuckDb, expectSameRows, onOneDay, ZONES } from './ask.ts';

const inEachZone = (names: readonly { readonly name: string }[]) =>
  names.flatMap(({ name }) => ZONES.map((zone) => [name, zone] as const));

test.each(inEachZone(TABLES))(
  'the table %s has the same rows in Trino, with the session time zone %s, as in DuckDB',
  async (name, zone) => {
    await onOneDay(async () => {
      const { rows } = await ask(`select * from ${name}`, zone);
      expect(rows.length).toBeGreaterThan(20);
      expectSameRows(rows, await askDuckDb(`select * from ${name}`));
    });
  },
);

test.each(inEachZone(VIEWS))(
  'the view %s has the same rows in Trino, with the session time zone %s, as in DuckDB and as plain code computes',
  async (name, zone) => {
    await onOneDay(async (today) => {
      const { rows } = await ask(`select * from ${name}`, zone);
      expect(rows.length).toBeGreaterThan(0);
      expectSameRows(rows, await askDuckDb(`select * from ${name}`));
      expectSameRows(rows, inject('deployed').expected[today]?.[name] ?? []);
    });
  },
);

test.each(VIEWS)('the view $name has the columns and types in Trino that it declares', async ({ name, columns }) => {
  const answer = await ask(`select * from ${name} limit 0`);
  expect(answer.columns).toEqual(columns.map(({ name: column, type }) => ({ name: column, type })));
});
