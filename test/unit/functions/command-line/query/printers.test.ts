import { parse } from 'csv-parse/sync';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { QueryFormat } from '../../../../../functions/command-line/query/result.ts';
import { shown } from '../../../../support/fault-table.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';

const folder = queryFolder();
const on = (format?: QueryFormat) => ({ store: folder().path, ...(format && { format }) });

describe('a result as text', () => {
  test('is a table with numbers aligned to the right, null empty, wide characters counted as two, and lists as JSON', async () => {
    const sql = `select * from (values ('小林', 5, array['a'], true), ('x', 12345, null, null)) t (name, n, list, yes)`;
    expect(await query(sql, on())).toEqual({
      code: 0,
      out: ['name      n  list   yes', '----  -----  -----  ----', '小林      5  ["a"]  true', 'x     12345', ''].join(
        '\n',
      ),
      err: '2 rows\n',
    });
  });

  test('does not make a column as wide as a cell of ten thousand characters', async () => {
    const { out } = await query(`select * from (values (repeat('x', 10000), 1), ('y', 2)) t (a, b)`, on());
    expect(out.split('\n').map((line) => line.length)).toEqual([83, 83, 10_003, 83, 0]);
  });

  test('is only the column names if there are no rows', async () => {
    expect(await query('select id, email from users where false', on())).toEqual({
      code: 0,
      out: 'id  email\n--  -----\n',
      err: '0 rows\n',
    });
  });
});

describe('a result as text on a terminal', () => {
  const WIDE = `select * from (values (1234567, repeat('x', 50), repeat('小', 40)), (8, 'y', 'שלום')) t (number, ascii, wide)`;
  test.each([120, 80, 40, 24])('fits %i columns: texts are cut, names and numbers are not', async (columns) => {
    const { out } = await query(WIDE, { ...on(), columns });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines[0]?.trim()).toMatch(/^number {2}ascii +wide$/);
    expect(lines[2]).toMatch(/^1234567 /);
    expect(lines[2]).toContain('…');
  });

  test('is printed as lines, in full, if the names of its columns do not fit', async () => {
    const words = async (format: 'text' | 'line') =>
      (await query(WIDE, { ...on(format), columns: 15 })).out.trim().split(/\s+/);
    expect(await words('text')).toEqual(await words('line'));
  });

  test('is cut by the last column only as far as the terminal requires', async () => {
    const sql = `select case when x < 5000 then 'short' else repeat('z', 60) end as z from range(6000) r (x)`;
    const { out } = await query(sql, { ...on(), columns: 40 });
    expect(out.split('\n').at(-2)).toBe(`${'z'.repeat(39)}…`);
  });
});

test('a result as line has a line for each column, whole, and an empty line between two rows', async () => {
  const sql = `select * from (values ('小林', 5, null), (repeat('x', 200), -1, true)) t (name, n, "long name")`;
  expect(await query(sql, on('line'))).toEqual({
    code: 0,
    out: `     name: 小林\n        n: 5\nlong name:\n\n     name: ${'x'.repeat(200)}\n        n: -1\nlong name: true\n`,
    err: '2 rows\n',
  });
});

test.each([
  [10, 'text'],
  [5_000, 'text'],
  [200_000, 'text'],
  [200_000, 'json'],
  [200_000, 'line'],
] as const)('a result of %i rows as %s is printed to its last row', async (rows, format) => {
  const { out } = await query(`select x from range(${rows}) r (x)`, on(format));
  const printed = format === 'json' ? JSON.parse(out).length : out.trimEnd().split(/\n+/).length;
  expect(printed).toBe(format === 'text' ? rows + 2 : rows);
});

const HOSTILE = `select id, first_name, last_name, email, groups from current_users where id like 'hostile%' order by id`;

test.each([
  ['text', /[\u2028\u2029]|[^\P{Cc}\n]/u],
  ['line', /[\u2028\u2029]|[^\P{Cc}\n]/u],
  ['csv', /[\u2028\u2029]|[^\P{Cc}\r\n]/u],
  ['markdown', /[\u2028\u2029]|[^\P{Cc}\n]/u],
  ['json', /[^\P{Cc}\n]/u],
] as const)(
  'a result as %s has one line per row (or value), and no control character from a name',
  async (format, control) => {
    const { out } = await query(HOSTILE, on(format));
    expect(out).not.toMatch(control);
    const rows = format === 'line' ? 10 * 6 - 1 : { text: 2, csv: 1, markdown: 2, json: 2 }[format] + 10;
    expect(out.trimEnd().split('\n')).toHaveLength(rows);
  },
);

describe('a result as CSV', () => {
  test('has neutralized formulas and unchanged numbers', async () => {
    const { out } = await query(
      `select email, first_name, -1 as n, roles from current_users where id = 'hostile-formula'`,
      on('csv'),
    );
    expect(out).toBe(
      'email,first_name,n,roles\r\n' +
        `'@SUM(A1),"'=HYPERLINK(""http://example.com"";""x"")",-1,"[""customer-user""]"\r\n`,
    );
  });

  test('reads back as the values that were printed', async () => {
    const { out } = await query(HOSTILE, on('csv'));
    const rows: string[][] = parse(out);
    expect(rows).toHaveLength(11);
    const signs = rows.find(([id]) => id === 'hostile-signs');
    expect(signs?.slice(1, 4)).toEqual(['a,b;c|d"e\'f', 'CORP\\jsmith', "'quoted'@example.com"]);
  });
});

test('a result as CSV keeps every kind of number as one, whatever its sign, and neutralizes texts that look like one', async () => {
  const sql = `select -5 as i, -5::bigint as b, -5::hugeint as h, -1.50::decimal(9, 2) as d, -0.5e0 as f, '-5' as t`;
  const { out } = await query(sql, on('csv'));
  expect(out).toBe(`i,b,h,d,f,t\r\n-5,-5,-5,-1.50,-0.5,'-5\r\n`);
  shown(
    'C22',
    'query --format csv of -5, -1.50 and -0.5 as numbers, and of the text -5',
    out,
    "a decimal became '-1.50",
  );
});

test.each([
  [`chr(8206) || '=HYPERLINK("http://x")'`, `"'=HYPERLINK(""http://x"")"`, '=HYPERLINK("http://x")'],
  [`'x;' || chr(8238) || '=2'`, `x;'=2`, 'x;=2'],
  [`chr(8294) || chr(9) || chr(8207) || '+1'`, `' +1`, ' +1'],
  [`'a,' || chr(1564) || '"' || chr(8206) || '@b'`, `"a,""'@b"`, 'a,"@b'],
  [`chr(173) || '=1'`, `'\u00ad=1`, '\u00ad=1'],
  [`chr(8203) || chr(65309) || '1'`, `'\u200b＝1`, '\u200b＝1'],
])(
  'a result as CSV has no formula in the text %s, even after the output drops invisible characters',
  async (sql, cell, before) => {
    const { out } = await query(`select ${sql} as x, 1 as chr`, on('csv'));
    expect(out).toBe(`x,chr\r\n${cell},1\r\n`);
    shown('C22', `query --format csv of ${sql}`, `printed ${cell}`, `printed ${before}`);
  },
);

test('the name of a column is not a formula in CSV either', async () => {
  const { out } = await query('select 1 as "\u200e=1"', on('csv'));
  expect(out).toBe(`'=1\r\n1\r\n`);
});

test('a result as Markdown escapes the names of its columns as it does its cells', async () => {
  const { out } = await query(`select 1 as "a|b<i>_c_$x$", 2 as user_count`, on('markdown'));
  expect(out).toBe('| a\\|b\\<i\\>\\_c\\_\\$x\\$ | user_count |\n| --- | --- |\n| 1 | 2 |\n');
  shown('C22', 'query --format markdown with | < _ $ in a name', 'escaped', 'a border of the table');
});

test('a result as Markdown is a table in which markup from the data is escaped', async () => {
  const sql = `select '<b>*a*|b</b>' as a, '[x](http://example.com) \`c\` \\' as b, null as n`;
  expect((await query(sql, on('markdown'))).out).toBe(
    '| a | b | n |\n| --- | --- | --- |\n| \\<b\\>\\*a\\*\\|b\\</b\\> | \\[x\\](http://example.com) \\`c\\` \\\\ |  |\n',
  );
});

describe('a result as JSON', () => {
  test.each([
    ['9223372036854775807', '9223372036854775807'],
    ['170141183460469231731687303715884105727', '170141183460469231731687303715884105727'],
    ['cast(1.10 as decimal(9, 2))', '1.10'],
    ['0.1e0', '0.1'],
    [`cast('NaN' as double)`, '"NaN"'],
    ['null', 'null'],
    ['true', 'true'],
    [`timestamp '2026-11-23 02:15:00'`, '"2026-11-23T02:15:00.000Z"'],
    [`cast('2026-11-23 02:15:00.123' as timestamp(3))`, '"2026-11-23T02:15:00.123Z"'],
    [`timestamp '1969-12-31 23:59:59.999999'`, '"1969-12-31T23:59:59.999999Z"'],
    [`timestamp with time zone '2026-11-23 02:15:00+02:00'`, '"2026-11-23T00:15:00.000Z"'],
    [`date '2026-11-23'`, '"2026-11-23"'],
    [`array['a', null, '"']`, '["a",null,"\\""]'],
    [`map(array['a"', 'b'], array[9007199254740993, 2])`, '{"a\\"":9007199254740993,"b":2}'],
    [`{'a': 1, 'b': {'c': [timestamp '2026-11-23 02:15:00']}}`, '{"a":1,"b":{"c":["2026-11-23T02:15:00.000Z"]}}'],
    [`chr(155) || chr(10) || chr(8232)`, '"\\u009b\\n\\u2028"'],
  ])('prints the SQL value %s as %s', async (sql, expected) => {
    expect((await query(`select ${sql} as x`, on('json'))).out).toBe(`[\n{"x":${expected}}\n]\n`);
  });

  test('is an empty array if there are no rows', async () => {
    expect((await query('select 1 as x where false', on('json'))).out).toBe('[]\n');
  });

  test('keeps both of two columns with the same name', async () => {
    expect((await query('select 1 as x, 2 as x', on('json'))).out).toBe('[\n{"x":1,"x:1":2}\n]\n');
  });
});
