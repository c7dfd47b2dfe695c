import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';

import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { expectedRow, NASTY, user, write } from '../../../../support/odd-users.ts';

/** Parsers that this project did not write read back exactly the users that were written. */

/** Reads both files with an independent parser: CSV as lines of cells with the header first, JSON Lines as objects. */
interface ReadBack {
  readonly csv: unknown;
  readonly json?: unknown;
}

type Reader = (csv: string, json: string) => Promise<ReadBack>;

const csvParse: Reader = async (csv) => ({ csv: parse(await readFile(csv), { record_delimiter: '\r\n' }) });

/** As JSON, since DuckDB's package for JavaScript drops a byte order mark at the beginning of a text that DuckDB keeps. */
const duckdb: Reader = async (csv, json) => {
  const connection = await DuckDBConnection.create();
  const rowsOf = async (table: string) => {
    const result = await connection.runAndReadAll(`SELECT to_json(line)::VARCHAR FROM ${table} AS line`);
    return result.getRowsJson().map(([line]) => z.record(z.string(), z.unknown()).parse(JSON.parse(String(line))));
  };
  try {
    const types = USER_COLUMNS.map((column) => `${column}: '${DUCKDB_TYPES[column] ?? 'VARCHAR'}'`).join(', ');
    const rows = await rowsOf(
      `read_csv('${csv}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`,
    );
    const objects = await rowsOf(`read_json('${json}', format = 'newline_delimited', columns = {${types}})`);
    const empty = (cell: unknown) => cell ?? ''; // DuckDB reads an empty cell as NULL
    return { csv: [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map(empty))], json: objects };
  } finally {
    connection.closeSync();
  }
};

const DUCKDB_TYPES: { readonly [column: string]: string } = {
  roles: 'VARCHAR[]',
  groups: 'VARCHAR[]',
  disabled: 'BOOLEAN',
};

const PYTHON = `
import csv, json, sys
csv.field_size_limit(10 ** 7)
with open(sys.argv[1], newline='', encoding='utf-8') as lines:
    rows = list(csv.reader(lines, strict=True))
with open(sys.argv[2], encoding='utf-8') as lines:
    objects = [json.loads(line) for line in lines]
print(json.dumps({'csv': rows, 'json': objects}))
`;

const python: Reader = async (csv, json) => {
  const { stdout, stderr } = spawnSync('python3', ['-X', 'utf8', '-c', PYTHON, csv, json], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  expect(stderr).toBe('');
  return z.object({ csv: z.unknown(), json: z.unknown() }).parse(JSON.parse(stdout));
};

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('rows read by an independent parser', () => {
  const seed = Date.now() % 2 ** 31;
  const nastyUsers = NASTY.map((value) => ({ ...EMPTY_USER, id: value, first_name: value, roles: [value, value] }));
  const users = [...nastyUsers, ...fc.sample(user, { numRuns: 500, seed })];
  const readers: readonly (readonly [string, Reader])[] = [
    ['csv-parse', csvParse],
    ['DuckDB', duckdb],
    ...(hasPython ? [["Python's csv and json", python] as const] : []),
  ];
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'formats-'));
    const { csv, json } = write(users);
    await writeFile(join(folder, 'users.csv'), csv);
    await writeFile(join(folder, 'users.jsonl'), json);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(readers)('are the users that were written: %s', async (_, reader) => {
    const { csv, json } = await reader(join(folder, 'users.csv'), join(folder, 'users.jsonl'));
    expect(csv, `the seed is ${seed}`).toEqual([USER_COLUMNS, ...users.map(expectedRow)]);
    if (json !== undefined) expect(json, `the seed is ${seed}`).toEqual(users);
  });
});
