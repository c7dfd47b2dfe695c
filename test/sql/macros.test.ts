import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MACROS } from '../../functions/command-line/query/macros.ts';
import { newFolder } from '../support/take.ts';
import { type Asker, askerOf } from './ask.ts';
import { user, writeDay } from './synthetic.ts';

let folder: string;
let asker: Asker;
beforeAll(async () => {
  folder = await newFolder();
  await writeDay(folder, '2026-01-01', [user('a')]);
  asker = await askerOf(folder);
});
afterAll(async () => {
  asker.close();
  await rm(folder, { recursive: true });
});

/** Expressions and the values that Trino evaluates them to. DuckDB must agree. */
const AS_TRINO: readonly (readonly [sql: string, answer: unknown])[] = [
  ['cardinality(array[1, 2])', 2],
  [`element_at(array['a', 'b'], 2)`, 'b'],
  [`element_at(array['a', 'b'], 3)`, null],
  [`element_at(map(array['a'], array[1]), 'a')`, 1],
  [`element_at(map(array['a'], array[1]), 'b')`, null],
  [`contains(array['a', 'b'], 'b')`, true],
  [`contains(array['a', 'b'], 'c')`, false],
  [`contains(array['a', null], 'c')`, null],
  [`contains(array['a', null], 'a')`, true],
  [`contains(cast(null as varchar array), 'a')`, null],
  [`array_join(array['a', null, 'b'], ', ')`, 'a, b'],
  [`array_join(array['a', null, 'b'], ', ', '?')`, 'a, ?, b'],
  [`array_join(array[1, 2], '-')`, '1-2'],
  [`array_sort(array_except(array['a', 'b', 'a'], array['b']))`, ['a']],
  [`array_sort(array_union(array['a'], array['b', 'a']))`, ['a', 'b']],
  [`arrays_overlap(array['a'], array['b', 'a'])`, true],
  [`(select map_agg(k, v) from (values ('a', 1), ('b', 2)) t (k, v))`, { a: 1, b: 2 }],
  ['(select approx_distinct(x) from (values (1), (2), (2)) t (x))', 2],
  [`sequence(date '2026-02-27', date '2026-03-01')`, ['2026-02-27', '2026-02-28', '2026-03-01']],
  [`sequence(date '2026-02-27', date '2026-02-27')`, ['2026-02-27']],
  [`date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')`, 0],
  [`date_diff('hour', timestamp '2026-01-01 23:30:00', timestamp '2026-01-02 01:00:00')`, 1],
  [`date_diff('day', date '2026-01-01', date '2026-03-01')`, 59],
  [`date_diff('month', date '2026-01-31', date '2026-03-01')`, 1],
  [`day_of_week(date '2026-11-22')`, 7],
  [`to_unixtime(timestamp '2026-01-01 00:00:00')`, 1767225600],
  [`from_iso8601_timestamp('2026-11-23T02:15:00.123Z') = timestamp '2026-11-23 02:15:00.123'`, true],
  [`from_iso8601_date('2026-11-23')`, '2026-11-23'],
  [`cast(at_timezone(timestamp with time zone '2026-11-23 20:15:00+00:00', 'Asia/Tokyo') as date)`, '2026-11-24'],
  [`to_iso8601(timestamp '2026-11-23 02:15:00.120')`, '2026-11-23T02:15:00.120'],
  [`to_iso8601(date '2026-11-23')`, '2026-11-23'],
  [`to_iso8601(from_iso8601_timestamp('2026-11-23T02:15:00.120Z'))`, '2026-11-23T02:15:00.120Z'],
  [`date_format(timestamp '2026-11-23 14:05:06', '%Y-%m-%d %H:%i:%s %M %W')`, '2026-11-23 14:05:06 November Monday'],
  [`regexp_like('abc', 'b')`, true],
  [`regexp_extract('abc', 'b.')`, 'bc'],
  [`regexp_extract('abc', 'x')`, null],
  [`regexp_extract('abc', 'b(.)', 1)`, 'c'],
  [`regexp_extract('abc', 'x(.)', 1)`, null],
  [`regexp_replace('abcb', 'b')`, 'ac'],
  [`regexp_replace('abcb', 'b', '-')`, 'a-c-'],
  [`json_extract_scalar('{"a": {"b": "x"}}', '$.a.b')`, 'x'],
  [`json_extract_scalar('{"a": {"b": "x"}}', '$.a')`, null],
  [`json_extract_scalar('no json', '$.a')`, null],
  [`json_extract_scalar('{"a": true}', '$.a')`, 'true'],
  [`json_format(json_parse('{"a":1}'))`, '{"a":1}'],
  ['7 / 2', 3],
  [`cast(current_timestamp at time zone 'UTC' as date) = current_date`, true],
];

test.each(AS_TRINO)('DuckDB evaluates %s to %j, as Trino does', async (sql, answer) => {
  expect(await asker.ask(`select ${sql} as x`)).toEqual([{ x: answer }]);
});

test('every macro for DuckDB is covered by an example', () => {
  const named = MACROS.map((macro) => /^\w+/.exec(macro)?.[0] ?? '');
  expect(named.filter((name) => !AS_TRINO.some(([sql]) => sql.includes(`${name}(`)))).toEqual([]);
});

test('nulls sort last in both ascending and descending order, as in Trino', async () => {
  const numbers = '(values (1), (null), (2)) t (x)';
  expect(await asker.ask(`select x from ${numbers} order by x`)).toEqual([{ x: 1 }, { x: 2 }, { x: null }]);
  expect(await asker.ask(`select x from ${numbers} order by x desc`)).toEqual([{ x: 2 }, { x: 1 }, { x: null }]);
});

test('a query has a memory limit and writes nothing to disk', async () => {
  const [settings] = await asker.ask(
    `select current_setting('memory_limit') as memory, current_setting('temp_directory') as disk`,
  );
  expect(settings).toMatchObject({ memory: expect.stringMatching(/^[\d.]+ [MG]iB$/), disk: '' });
});
