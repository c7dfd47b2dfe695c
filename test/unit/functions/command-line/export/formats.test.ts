import { readFile, rm } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENTRIES } from '../../../../../functions/command-line/query/catalogue.ts';
import { legible, printable } from '../../../../../functions/command-line/text.ts';
import { onOneLine } from '../../../../../functions/snapshot/format/cell-text.ts';
import { dtOf } from '../../../../../functions/snapshot/utc-day.ts';
import { ACCOUNTS } from '../../../../contracts/odd-accounts.ts';
import { writeDay } from '../../../../sql/synthetic.ts';
import { exported, outputFolder } from '../../../../support/export-command.ts';
import { askParquet, parquetOf, sheetOf } from '../../../../support/exported-file.ts';
import { user } from '../../../../support/odd-users.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';
import { newFolder } from '../../../../support/take.ts';
import { takeResponse } from '../../../../support/take-response.ts';

const folder = queryFolder();
let odd: string;
const accounts = new Map<string, string>();
let out: Awaited<ReturnType<typeof outputFolder>>;
beforeAll(async () => {
  [odd, out] = await Promise.all([newFolder(), outputFolder()]);
  const users = fc.sample(user, { numRuns: 300, seed: 5 }).map((one, i) => ({ ...one, id: `${i}${one.id}` }));
  await writeDay(odd, dtOf(new Date()), users);
  for (const [name, [response]] of Object.entries(ACCOUNTS)) {
    const account = await newFolder();
    await takeResponse(account, dtOf(new Date()), response);
    accounts.set(name, account);
  }
});
afterAll(() => Promise.all([odd, out.file('.'), ...accounts.values()].map((path) => rm(path, { recursive: true }))));

/** Every table and view of an account with hostile values, and a day of random ones. */
const CASES = [
  ...ENTRIES.map(({ name, kind }) => ({ name, kind, store: () => folder().path, of: 'hostile values' })),
  ...['users', 'current_users', 'access_review'].map((name) => ({
    name,
    kind: name === 'users' ? 'table' : 'view',
    store: () => odd,
    of: 'random values',
  })),
  ...Object.keys(ACCOUNTS).flatMap((account) =>
    ['users', 'access_review'].map((name) => ({
      name,
      kind: name === 'users' ? 'table' : 'view',
      store: () => accounts.get(account) ?? '',
      of: account,
    })),
  ),
];

/** The rows in one order. Only a table's rows have an order of their own. */
const ordered = <Row>(kind: string, rows: readonly Row[]): readonly Row[] =>
  kind === 'table' ? rows : rows.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
const textOf = (row: unknown): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));

describe.each(CASES)('the export of $name ($of)', ({ name, kind, store }) => {
  const asked = async (format: 'csv' | 'json'): Promise<string> =>
    (await query(`select * from ${name}`, { store: store(), format })).out;
  const write = async (ending: string): Promise<string> => {
    const path = out.file(`${name}.${ending}`);
    expect((await exported([name, '--store', store(), '--to', path])).code).toBe(0);
    return path;
  };

  test('as CSV has the records of query --format csv', async () => {
    const csv = await readFile(await write('csv'), 'utf8');
    const expected = await asked('csv');
    if (kind === 'table') expect(csv).toBe(expected);
    const [names, ...rows]: string[][] = parse(csv);
    const [expectedNames, ...expectedRows]: string[][] = parse(expected);
    expect(names).toEqual(expectedNames);
    expect(ordered(kind, rows)).toEqual(ordered(kind, expectedRows));
  });

  test('as Parquet has the values of query --format json, with the types of the table', async () => {
    const path = await write('parquet');
    const { names, rows } = await parquetOf(path);
    const expected: { [column: string]: unknown }[] = JSON.parse(await asked('json'));
    const values = rows.map((row) => row.map((cell) => (cell instanceof Object ? JSON.parse(cell.json) : cell)));
    const plain = values.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
    expect(ordered(kind, plain)).toEqual(
      ordered(
        kind,
        expected.map((row) => names.map((column) => row[column])),
      ),
    );
    const types = (await askParquet(`describe select * from read_parquet('${path}')`)).rows;
    const entry = ENTRIES.find((one) => one.name === name);
    expect(types.map(([column]) => column)).toEqual(names);
    for (const [column, type] of types)
      expect(String(type), String(column)).toMatch(
        TYPES.find(([athena]) => athena.test(typeIn(entry, column)))?.[1] ?? /-/,
      );
  });

  test('as XLSX has the values of query --format json, text as CSV without its neutralized formulas', async () => {
    const { names, rows } = await sheetOf(await write('xlsx'));
    const expected: { [column: string]: unknown }[] = JSON.parse(await asked('json'));
    const entry = ENTRIES.find((one) => one.name === name);
    const cells = expected.map((row) => names.map((column) => sheetValue(row[column], typeIn(entry, column))));
    expect(ordered(kind, rows)).toEqual(ordered(kind, cells));
  });
});

const typeIn = (entry: (typeof ENTRIES)[number] | undefined, column: unknown): string =>
  entry?.columns.find(({ name }) => name === column)?.type ?? '';

/** Athena's types and DuckDB's. */
const TYPES: readonly (readonly [athena: RegExp, duckdb: RegExp])[] = [
  [/^varchar$/, /^VARCHAR$/],
  [/^bigint$/, /^BIGINT$/],
  [/^boolean$/, /^BOOLEAN$/],
  [/^timestamp\(3\)$/, /^TIMESTAMP(_MS)?$/],
  [/^array/, /\[\]$/],
  [/^map/, /^MAP\(/],
  [/^row/, /^STRUCT\(/],
];

function sheetValue(value: unknown, type: string): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (type === 'timestamp(3)' && typeof value === 'string') return new Date(value);
  const text = typeof value === 'string' ? value : printable(JSON.stringify(value));
  return legible(onOneLine(text)).replaceAll(/[\ufffe\uffff]/g, '\ufffd') || null;
}
