import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TrinoSQL } from 'dt-sql-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../functions/snapshot/tables/views.ts';
import { newFolder } from '../support/take.ts';
import { type Asker, askerOf } from './ask.ts';
import { publishHistory } from './history.ts';
import { UNPORTABLE } from './unportable.ts';

const names = VIEWS.map(({ name }) => name);
const views = VIEWS.map((view) => [view.name, view] as const);

let folder: string;
let asker: Asker;
beforeAll(async () => {
  folder = await newFolder();
  await publishHistory(new FolderStore(folder), { length: 2 });
  asker = await askerOf(folder);
});
afterAll(async () => {
  asker.close();
  await rm(folder, { recursive: true });
});

test('there are nine views, each defined in exactly one SQL file', () => {
  expect(names).toHaveLength(9);
  const files = readdirSync(join(import.meta.dirname, '../../functions/snapshot/tables'));
  expect(files.filter((file) => file.endsWith('.sql')).sort()).toEqual(names.map((name) => `${name}.sql`).sort());
});

test('each view selects only from tables and from views that are defined before it', () => {
  const known = new Set(TABLES.map(({ name }) => name));
  for (const name of names) {
    const sql = withoutComments(sqlOf(name));
    const own = [...sql.matchAll(/^(\w+) as \($/gm)].map(([, cte]) => cte);
    const read = [...sql.matchAll(/\b(?:from|join)\s+(?!unnest\b)([a-z_]+)/g)].map(([, source = '']) => source);
    expect(read.length).toBeGreaterThan(0);
    for (const source of read) expect([...own, ...known], `${name} reads ${source}`).toContain(source);
    known.add(name);
  }
});

describe.each(views)('the view %s', (name, { comment, example, columns }) => {
  test('has the columns and types that it declares', async () => {
    const described = await asker.ask(`describe select * from ${name}`);
    expect(described.map((column) => [column['column_name'], trinoType(column['column_type'])])).toEqual(
      columns.map((column) => [column.name, column.type]),
    );
  });

  test('has a comment that explains it and an example that runs', async () => {
    expect(sqlOf(name)).toMatch(/^-- [A-Z]/);
    expect(comment).toMatch(/^[A-Z].*\.$/);
    expect(comment.length).toBeLessThan(400);
    expect(example).toMatch(new RegExp(`^select .*\\bfrom ${name}\\b`));
    await asker.ask(example);
  });

  test('uses no syntax that Trino and DuckDB interpret differently, nor does its example', () => {
    for (const sql of [withoutComments(sqlOf(name)), example]) {
      const found = UNPORTABLE.filter(({ pattern }) => pattern.test(sql));
      expect(found.map(({ instead }) => instead)).toEqual([]);
    }
  });

  test('calls only functions known to return the same in Trino and DuckDB, as does its example', () => {
    for (const sql of [withoutComments(sqlOf(name)), example]) {
      const called = [...sql.matchAll(/(?<!\bas )\b([a-z_]\w*)\s*\(/gi)].map(([, word = '']) => word.toLowerCase());
      expect(called.filter((word) => !(PORTABLE.includes(word) || WORDS.includes(word)))).toEqual([]);
    }
  });

  test('is valid Trino SQL, as is its example', () => {
    const trino = new TrinoSQL();
    expect(trino.validate(`${sqlOf(name)}\n;`)).toEqual([]);
    expect(trino.validate(`${example};`)).toEqual([]);
  });

  test('ends without a semicolon, which Athena rejects in a view', () => {
    expect(sqlOf(name)).not.toMatch(/;\s*$/);
  });
});

test('the Trino grammar rejects SQL that only DuckDB accepts', () => {
  expect(new TrinoSQL().validate('select * exclude (id) from users;')).not.toEqual([]);
});

test.each(UNPORTABLE.map((one) => [one.seen, one.pattern] as const))(
  'the unportable SQL %s is detected',
  (seen, pattern) => {
    expect(seen).toMatch(pattern);
  },
);

const withoutComments = (sql: string): string => sql.replaceAll(/^\s*--.*\n/gm, '');

/** Functions that behave the same in both engines, built in or as a macro. Try one in both before adding it. */
const PORTABLE = [
  ...['cast', 'coalesce', 'replace', 'cardinality', 'contains', 'array_join', 'sequence', 'unnest', 'date_diff'],
  ...['count', 'min', 'max', 'sum', 'arbitrary', 'array_agg', 'bool_or', 'row_number', 'first_value', 'lead'],
];
/** Keywords that may precede a parenthesis. */
const WORDS = ['as', 'timestamp', 'filter', 'over', 'from', 'in', 'join'];

const TYPES: { readonly [type: string]: string } = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  BOOLEAN: 'boolean',
  TIMESTAMP_MS: 'timestamp(3)',
  'VARCHAR[]': 'array(varchar)',
};
const trinoType = (type: unknown): string => TYPES[String(type)] ?? `none for ${type}`;
