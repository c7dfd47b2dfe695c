import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Csv } from '../../../../../functions/snapshot/format/csv.ts';
import { JsonLines, readRows } from '../../../../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';

const HEADER =
  'id,created_at,first_name,last_name,email,roles,disabled,owner_organization,groups,default_group,last_active,extra_json\r\n';

/** What breaks lines, quotes, columns, encodings or spreadsheets. */
const NASTY = [
  ...['', ' ', '  ', '"', '""', "'", ',', ';', '|', '\t', '\\', '\\"', '\\n', '\0', 'a\0b', '\r', '\n', '\r\n', '\n\r'],
  ...[
    '\r\r\n',
    'a\r\nb\r\n',
    '"\r\n"',
    ',\n,',
    '\u2028',
    '\u2029',
    '\u007f',
    '\u0085',
    '\u009f',
    '\u00a0',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '=HYPERLINK("http://x.invalid";"y")',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    ' =1',
    '   @a',
    '\t=1',
  ],
  ...[
    '\r\n=1',
    '\u2028=1',
    '\u0085+1',
    '\u00a0=1',
    "'=1",
    '"=1',
    'a=1',
    '\ufeff=1',
    '\u202e=1',
    '==',
    ' ',
    '−1',
    '=\0',
  ],
  ...[
    '\u202eevil\u202c',
    '\u2066a\u2069',
    '\u200f',
    '😀',
    'é',
    'e\u0301',
    '\u{10ffff}',
    '\uffff',
    'NULL',
    'null',
    '\\N',
    '#',
    '--',
  ],
  ...[
    'NaN',
    'true',
    '1e5',
    '00012',
    '2026-11-23',
    '{"a":1}',
    '[1]',
    '{',
    "O'Neill",
    '李,小龍',
    'مرحبا',
    'x'.repeat(3000),
  ],
];

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 4 }).map((parts) => parts.join('')),
);
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });
const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const user: fc.Arbitrary<User> = fc.record({
  id: text,
  created_at: nullable(time),
  first_name: nullable(text),
  last_name: nullable(text),
  email: nullable(text),
  roles: nullable(fc.array(text, { maxLength: 3 })),
  disabled: nullable(fc.boolean()),
  owner_organization: nullable(text),
  groups: fc.array(text, { maxLength: 3 }),
  default_group: nullable(text),
  last_active: nullable(time),
  extra_json: nullable(
    fc.oneof(
      text,
      fc.jsonValue().map((value) => JSON.stringify({ x: value }).toWellFormed()),
    ),
  ),
});

/** The cell as the contract words it, character by character. */
function expectedCell(value: User[keyof User]): string {
  if (value === null) return '';
  const characters = [...(Array.isArray(value) ? value.join(';') : String(value))];
  let cell = '';
  for (const [i, character] of characters.entries()) {
    const point = character.codePointAt(0) ?? 0;
    const control = point < 0x20 || (point >= 0x7f && point < 0xa0) || point === 0x2028 || point === 0x2029;
    const secondOfPair = point === 0x0a && characters[i - 1] === '\r';
    if (!secondOfPair) cell += control ? ' ' : character;
  }
  let first = 0;
  while (cell.charAt(first) === ' ') first++;
  const formula = [0x3d, 0x2b, 0x2d, 0x40, 0xff1d, 0xff0b, 0xff0d, 0xff20].includes(cell.charCodeAt(first));
  return formula ? `'${cell}` : cell;
}

const plainCell = (value: User[keyof User]): string =>
  value === null ? '' : Array.isArray(value) ? value.join(';') : String(value);

const expectedRow = (row: User): string[] => USER_COLUMNS.map((column) => expectedCell(row[column]));

const alterations = (users: readonly User[]): number =>
  users
    .flatMap((row) => USER_COLUMNS.map((column) => row[column]))
    .filter((value) => expectedCell(value) !== plainCell(value)).length;

function write(users: readonly User[]): { readonly csv: string; readonly json: string; readonly altered: number } {
  const csv = new Csv();
  const json = new JsonLines();
  return {
    csv: csv.header + users.map((row) => csv.row(row)).join(''),
    json: json.header + users.map((row) => json.row(row)).join(''),
    altered: csv.alteredCells,
  };
}

const noUser: User = {
  id: 'a',
  created_at: null,
  first_name: null,
  last_name: null,
  email: null,
  roles: null,
  disabled: null,
  owner_organization: null,
  groups: [],
  default_group: null,
  last_active: null,
  extra_json: null,
};

describe('CSV', () => {
  test('begins with exactly the twelve columns of the contract, each line ending in CR LF', () => {
    expect(new Csv().header).toBe(HEADER);
    expect(new Csv().row(noUser)).toBe('a,,,,,,,,,,,\r\n');
  });

  test('writes roles and groups with semicolons, the boolean as a word, null and nothing alike', () => {
    const row = { ...noUser, roles: ['a', 'b'], groups: ['1', '2', '3'], disabled: false, first_name: '' };
    expect(new Csv().row(row)).toBe('a,,,,,a;b,false,,1;2;3,,,\r\n');
    expect(new Csv().row({ ...row, roles: [], groups: [], disabled: true })).toBe('a,,,,,,true,,,,,\r\n');
  });

  test.each([
    ['a CR LF', 'a\r\nb', 'a b'],
    ['a CR and an LF apart', 'a\rb\nc', 'a b c'],
    ['an LF before a CR', 'a\n\rb', 'a  b'],
    ['two CRs and an LF', 'a\r\r\nb', 'a  b'],
    ['a NUL', 'a\0b', 'a b'],
    ['a tab', 'a\tb', 'a b'],
    ['U+007F', 'a\u007fb', 'a b'],
    ['U+0085', 'a\u0085b', 'a b'],
    ['line separators', 'a\u2028b\u2029c', 'a b c'],
    ['bidi marks', 'a\u202eb\u2069', 'a\u202eb\u2069'],
    ['a quote', 'a"b', '"a""b"'],
    ['a comma', 'a,b', '"a,b"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with quotes', '=A("b",1)', '"\'=A(""b"",1)"'],
    ['a formula behind spaces', '  @a', "'  @a"],
    ['a formula behind a line break', '\r\n+1', "' +1"],
    ['a full-width formula', '＝1', "'＝1"],
    ['a sign within', 'a=1', 'a=1'],
    ['an apostrophe before a sign', "'=1", "'=1"],
    ['an ideographic space before a sign', '\u3000=1', '\u3000=1'],
  ])('writes a name with %s inertly, in one line', (_, name, cell) => {
    const csv = new Csv();
    expect(csv.row({ ...noUser, first_name: name })).toBe(`a,,${cell},,,,,,,,,\r\n`);
  });

  test('is one line per user, with no other control character, and counts exactly the cells that it alters', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const { csv, altered } = write(users);
        const breaks = [...csv].filter((character) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character));
        expect(breaks.join('')).toBe('\r\n'.repeat(users.length + 1));
        expect(csv.split('\r\n')).toHaveLength(users.length + 2);
        expect(altered).toBe(alterations(users));
      }),
      { numRuns: 500 },
    );
  });

  test('shows every cell inertly: none begins as a formula does', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const rows: string[][] = parse(write(users).csv, { record_delimiter: '\r\n' });
        expect(rows.flat().filter((cell) => /^ *[=+\-@＝＋－＠]/u.test(cell))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('JSON Lines', () => {
  test('is one object a line with the columns in their order, no blank line, no byte order mark', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const { json } = write(users);
        const lines = json.split('\n');
        expect(lines.pop()).toBe('');
        expect(lines).toHaveLength(users.length);
        expect(json.startsWith('\ufeff')).toBe(false);
        for (const [i, line] of lines.entries()) {
          const row = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
          expect(row).toEqual(users[i]);
          expect(Object.keys(row)).toEqual(USER_COLUMNS);
          expect([...line].filter((character) => character < ' ')).toEqual([]); // nothing ends a line within it
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('JSON Lines come back as the users that went in, however the bytes are cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(user, { maxLength: 10 }), sizes, async (users, cuts) => {
      const bytes = Buffer.from(write(users).json);
      async function* chunks() {
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      }
      const rows: User[] = [];
      for await (const batch of readRows(chunks())) rows.push(...batch);
      expect(rows).toEqual(users);
    }),
    { numRuns: 200 },
  );
});

/** Both files as a parser that this project didn't write reads them: lines of cells, the header first, and objects. */
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
    const empty = (cell: unknown) => cell ?? ''; // it reads an empty cell as NULL
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

describe('read back by parsers that others wrote', () => {
  const seed = Date.now() % 2 ** 31;
  const nastyUsers = NASTY.map((value) => ({ ...noUser, id: value, first_name: value, roles: [value, value] }));
  const users = [...nastyUsers, ...fc.sample(user, { numRuns: 1500, seed })];
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

  test.each(readers)('%s finds the users that went in', async (_, reader) => {
    const { csv, json } = await reader(join(folder, 'users.csv'), join(folder, 'users.jsonl'));
    expect(csv, `the seed is ${seed}`).toEqual([USER_COLUMNS, ...users.map(expectedRow)]);
    if (json !== undefined) expect(json, `the seed is ${seed}`).toEqual(users);
  });
});
