import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { duckType } from '../../functions/command-line/query/tables.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import { TABLES, type Table } from '../../functions/snapshot/tables/tables.ts';
import { USER_COLUMNS } from '../../functions/snapshot/user.ts';

const tableOf = (name: string): Table => {
  const table = TABLES.find((one) => one.name === name);
  if (!table) throw new Error(`there is no table ${name}`);
  return table;
};

/** The parts of JSON Schema that documents use. */
const SCHEMA = z.object({
  /** Without null, which every column allows. */
  type: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .optional()
    .transform((types) => types?.find((type) => type !== 'null') ?? types?.[0]),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** The Hive type for the values that a schema allows. */
function hiveType(schema: unknown): string {
  const { type, anyOf, items, properties, additionalProperties, ...rest } = SCHEMA.parse(schema);
  const kinds = anyOf?.filter((one) => SCHEMA.parse(one).type !== 'null') ?? [];
  if (kinds.length === 1) return hiveType(kinds[0]);
  if (type === 'object' && properties)
    return `struct<${Object.entries(properties)
      .map(([name, field]) => `${name}:${hiveType(field)}`)
      .join(',')}>`;
  if (type === 'object') return `map<string,${hiveType(additionalProperties)}>`;
  if (type === 'array') return `array<${hiveType(items)}>`;
  if (type === 'integer' || type === 'number') return 'bigint';
  if (type === 'string' || rest.enum) return 'string';
  throw new Error(`no type of Hive for ${JSON.stringify(schema)}`);
}

describe('table definitions', () => {
  test.each([
    ['snapshots', MANIFEST],
    ['snapshot_runs', RUN_DOCUMENT],
  ])('the table %s has exactly the fields of its document, in the same order and type', (name, document) => {
    const { properties } = SCHEMA.parse(z.toJSONSchema(document));
    const fields = Object.entries(properties ?? {}).map(([field, schema]) => ({ name: field, type: hiveType(schema) }));
    expect(tableOf(name).columns).toEqual(fields);
  });

  test.each(['users', 'users_csv'])(
    'the table %s has the columns of a published row in the order they are written',
    (name) => {
      expect(tableOf(name).columns.map((column) => column.name)).toEqual(USER_COLUMNS);
    },
  );

  test('each table reads the folder its objects are published to, and every published folder has a table', () => {
    const dt = '2026-11-23';
    const keys = [
      ['users', KEYS.json(dt)],
      ['users_csv', KEYS.csv(dt)],
      ['user_changes', KEYS.changes(dt)],
      ['groups', KEYS.groups(dt)],
      ['snapshots', KEYS.manifest(dt)],
      ['snapshot_runs', KEYS.run('run')],
    ] as const;
    expect(TABLES.map(({ name }) => name)).toEqual(keys.map(([name]) => name));
    for (const [name, key] of keys) {
      const { folder, partitioned } = tableOf(name);
      expect(key.slice(0, key.lastIndexOf('/') + 1)).toBe(partitioned ? `${folder}dt=${dt}/` : folder);
    }
    for (const folder of PUBLISHED_FOLDERS) expect(TABLES.some((table) => table.folder.startsWith(folder))).toBe(true);
  });

  test('a partitioned table has dt as its partition key and not as a column, which Athena would reject', () => {
    for (const { partitioned, columns } of TABLES) {
      if (partitioned) expect(columns.map(({ name }) => name)).not.toContain('dt');
      else expect(columns).toContainEqual({ name: 'dt', type: 'string' });
    }
  });

  test('the CSV table has only text columns, because Athena fails on an empty cell of another type', () => {
    const types = TABLES.filter(({ format }) => format === 'csv').flatMap(({ columns }) =>
      columns.map(({ type }) => type),
    );
    expect([...new Set(types)]).toEqual(['string']);
  });
});

test.each([
  ['map<string,bigint>', 'MAP(VARCHAR, BIGINT)'],
  [
    'array<struct<key:string,bytes:bigint,names:array<string>>>',
    'STRUCT("key" VARCHAR, "bytes" BIGINT, "names" VARCHAR[])[]',
  ],
  ['struct<a:map<string,bigint>,b:struct<c:boolean>>', 'STRUCT("a" MAP(VARCHAR, BIGINT), "b" STRUCT("c" BOOLEAN))'],
])('the Hive type %s is %s in DuckDB', (hive, duck) => {
  expect(duckType(hive)).toBe(duck);
});
