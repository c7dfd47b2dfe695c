import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { queryCommand } from '../../../../../functions/command-line/commands/query.ts';
import type { QueryFormat } from '../../../../../functions/command-line/query/answer.ts';
import type { Terminal } from '../../../../../functions/command-line/terminal.ts';
import { COLUMNS, KEYS } from '../../../../../functions/snapshot/contract.ts';
import { InterruptedError, SettingsError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { TABLES } from '../../../../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../../../../functions/snapshot/tables/views.ts';
import { type History, publishHistory } from '../../../../sql/history.ts';
import { runCommand } from '../../../../support/command.ts';
import { filesOf } from '../../../../support/faulted-run.ts';
import { newFolder } from '../../../../support/take.ts';

/** Three days, with the hostile values, and a fourth whose run died before its manifest was in place. */
let folder: string;
let history: History;
beforeAll(async () => {
  folder = await newFolder();
  history = await publishHistory(new FolderStore(folder), { length: 3 });
});
afterAll(() => rm(folder, { recursive: true }));

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
async function query(
  sql?: string,
  { store = folder, format = 'text' }: { readonly store?: string; readonly format?: QueryFormat } = {},
  interrupt = new AbortController().signal,
): Promise<Told> {
  const told = { out: '', err: '' };
  const into = (name: keyof typeof told) =>
    new Writable({
      write(chunk, _, done) {
        told[name] += chunk;
        done();
      },
    });
  const terminal: Terminal = {
    environment: {},
    interrupt,
    now: () => new Date(),
    out: into('out'),
    err: into('err'),
  };
  return { code: await queryCommand(sql, { store, format }, terminal), ...told };
}

async function copyOf(): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  return copy;
}

describe('without SQL', () => {
  test('it names the tables and views, one line each', async () => {
    const { out, err, code } = await query();
    const lines = out.trimEnd().split('\n').slice(2);
    expect(lines.map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ...TABLES.map(({ name }) => [name, 'table']),
      ...VIEWS.map(({ name }) => [name, 'view']),
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(140);
    expect([err, code]).toEqual(['', 0]);
  });

  test('it needs no snapshot', async () => {
    expect((await query(undefined, { store: '/nowhere', format: 'csv' })).out).toContain('current_users,view,');
  });
});

describe('text', () => {
  test('is a table: numbers to the right, null empty, wide letters counted as wide, lists as JSON', async () => {
    const sql = `select * from (values ('小林', 5, array['a'], true), ('x', 12345, null, null)) t (name, n, list, yes)`;
    expect(await query(sql)).toEqual({
      code: 0,
      out: ['name      n  list   yes', '----  -----  -----  ----', '小林      5  ["a"]  true', 'x     12345', ''].join(
        '\n',
      ),
      err: '2 rows\n',
    });
  });

  test("a cell of ten thousand letters doesn't make the others as wide", async () => {
    const { out } = await query(`select * from (values (repeat('x', 10000), 1), ('y', 2)) t (a, b)`);
    expect(out.split('\n').map((line) => line.length)).toEqual([83, 83, 10_003, 83, 0]);
  });

  test('of no rows is the names of the columns', async () => {
    expect(await query('select id, email from users where false')).toEqual({
      code: 0,
      out: 'id  email\n--  -----\n',
      err: '0 rows\n',
    });
  });
});

const HOSTILE = `select id, first_name, last_name, email, groups from current_users where id like 'hostile%' order by id`;

test.each([
  ['text', /[\u2028\u2029]|[^\P{Cc}\n]/u],
  ['csv', /[\u2028\u2029]|[^\P{Cc}\r\n]/u],
  ['markdown', /[\u2028\u2029]|[^\P{Cc}\n]/u],
  ['json', /[^\P{Cc}\n]/u],
] as const)('%s has no control character of a name, and a line per row', async (format, control) => {
  const { out } = await query(HOSTILE, { format });
  expect(out).not.toMatch(control);
  const rows = { text: 2, csv: 1, markdown: 2, json: 2 }[format] + 10;
  expect(out.trimEnd().split('\n')).toHaveLength(rows);
});

describe('csv', () => {
  test('has the rows, inert in a spreadsheet, and numbers as they are', async () => {
    const { out } = await query(
      `select email, first_name, -1 as n, roles from current_users where id = 'hostile-formula'`,
      { format: 'csv' },
    );
    expect(out).toBe(
      'email,first_name,n,roles\r\n' +
        `'@SUM(A1),"'=HYPERLINK(""http://example.com"";""x"")",-1,"[""customer-user""]"\r\n`,
    );
  });

  test('is what a reader of CSV gets back', async () => {
    const { out } = await query(HOSTILE, { format: 'csv' });
    const rows: string[][] = parse(out);
    expect(rows).toHaveLength(11);
    const signs = rows.find(([id]) => id === 'hostile-signs');
    expect(signs?.slice(1, 4)).toEqual(['a,b;c|d"e\'f', 'CORP\\jsmith', "'quoted'@example.com"]);
  });
});

test('markdown is a table whose cells hold no markup', async () => {
  const sql = `select '<b>*a*|b</b>' as a, '[x](http://example.com) \`c\` \\' as b, null as n`;
  expect((await query(sql, { format: 'markdown' })).out).toBe(
    '| a | b | n |\n| --- | --- | --- |\n| \\<b\\>\\*a\\*\\|b\\</b\\> | \\[x\\](http://example.com) \\`c\\` \\\\ |  |\n',
  );
});

describe('json', () => {
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
    [`chr(155) || chr(10) || chr(8232)`, '"\\u009b\\n\u2028"'],
  ])('has %s as %s', async (sql, expected) => {
    expect((await query(`select ${sql} as x`, { format: 'json' })).out).toBe(`[\n{"x":${expected}}\n]\n`);
  });

  test('of no rows is an empty list', async () => {
    expect((await query('select 1 as x where false', { format: 'json' })).out).toBe('[]\n');
  });

  test('keeps both columns of one name', async () => {
    expect((await query('select 1 as x, 2 as x', { format: 'json' })).out).toBe('[\n{"x":1,"x:1":2}\n]\n');
  });
});

describe('tables', () => {
  test('that are absent are empty and have their columns', async () => {
    const bare = await copyOf();
    for (const part of ['users', 'changes', 'groups', 'manifests']) await rm(join(bare, part), { recursive: true });
    for (const { name, columns, partitioned } of TABLES.filter((table) => table.name !== 'snapshot_runs')) {
      const { out } = await query(`select * from ${name}`, { store: bare, format: 'csv' });
      const all = [...columns.map((column) => column.name), ...(partitioned ? ['dt'] : [])];
      expect(out).toBe(`${all.join(',')}\r\n`);
    }
    for (const { name } of VIEWS)
      expect((await query(`select * from ${name}`, { store: bare, format: 'json' })).out).toBe('[]\n');
  });

  test('have the types of an absent table where there are rows', async () => {
    const bare = await copyOf();
    for (const part of ['users', 'changes', 'groups', 'manifests']) await rm(join(bare, part), { recursive: true });
    for (const { name } of TABLES) {
      const described = await query(`describe ${name}`, { format: 'json' });
      expect((await query(`describe ${name}`, { store: bare, format: 'json' })).out).toBe(described.out);
    }
  });

  test('hold an interrupted day as Athena does: its rows lie there, and no view counts them', async () => {
    const today = history.runs.at(-1)?.dt ?? '';
    const { out } = await query(
      `select (select count(*) from users where dt = '${today}') > 0 as lie, max(dt) as newest from current_users`,
      { format: 'json' },
    );
    expect(JSON.parse(out)).toEqual([{ lie: true, newest: history.days.at(-1)?.dt }]);
  });

  test('hold no hidden file, none beside the partitions or below one, and no partition of another day than a date up to today', async () => {
    const copy = await copyOf();
    const dt = history.days.at(-1)?.dt ?? '';
    const bytes = await readFile(join(copy, KEYS.json(dt)));
    for (const path of [
      `dt=${dt}/_hidden`,
      `dt=${dt}/.hidden.jsonl`,
      'beside.jsonl',
      `dt=${dt}/below/users.jsonl`,
      'dt=latest/users.jsonl',
      'dt=9999-12-31/users.jsonl',
    ]) {
      await mkdir(join(copy, 'users/json', path, '..'), { recursive: true });
      await writeFile(join(copy, 'users/json', path), bytes);
    }
    const count = 'select dt, count(*) as n from users group by dt order by dt';
    expect((await query(count, { store: copy })).out).toBe((await query(count)).out);
  });

  test('of CSV are all text, with nothing null', async () => {
    const { out } = await query(`select * from users_csv where id = 'roles-never-said' order by dt limit 1`, {
      format: 'json',
    });
    const [row] = JSON.parse(out);
    expect(Object.keys(row)).toEqual([...COLUMNS, 'dt']);
    expect(row).toMatchObject({
      email: '',
      disabled: '',
      roles: '',
      extra_json: '',
      owner_organization: 'organization',
    });
  });

  test('are found in a folder of any name, and nothing of it is taken for a partition', async () => {
    const copy = await copyOf();
    const odd = join(copy, `it's [a] "folder" *?`, 'id=7', 'dt=2020-01-01');
    const alike = join(copy, `it's a "folder" xy`, 'id=7', 'dt=2020-01-01');
    await mkdir(odd, { recursive: true });
    await cp(folder, alike, { recursive: true }); // the name of the other, taken for a pattern, fits this one
    for (const part of ['users', 'manifests', 'groups']) await rename(join(copy, part), join(odd, part));
    const sql = 'select dt, id, email, group_names from current_users order by id';
    expect((await query(sql, { store: odd })).out).toBe((await query(sql)).out);
  });
});

describe('what is refused', () => {
  test.each([
    ['selec 1', 'syntax error at or near "selec"'],
    ['select nope from users', 'Referenced column "nope" not found'],
    ['select * from nowhere', 'Table with name nowhere does not exist'],
    ['', 'the query is empty'],
    ['-- only a comment\n;', 'the query is empty'],
    ['select 1; select 2', 'must be one SELECT'],
    ['select * from users where id = ?', 'without parameters'],
  ])('%j: exit 2, with what is wrong', async (sql, message) => {
    const failure = await query(sql).catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toContain(message);
  });

  test('whatever is no query: nothing is written, read or set', async () => {
    const copy = await copyOf();
    const rows = join(copy, KEYS.json(history.days.at(-1)?.dt ?? ''));
    const before = await filesOf(copy);
    for (const sql of [
      `copy users to '${copy}/leak.csv'`,
      `copy (select 1) to '${rows}'`,
      `explain analyze copy (select 1) to '${rows}'`,
      `export database '${copy}/all'`,
      `attach '${copy}/new.db' as other`,
      'create table mine (a int)',
      'drop view users',
      'insert into users values (1)',
      `set memory_limit = '1TB'`,
      `set enable_external_access = true`,
      'reset allowed_paths',
      'install httpfs',
      'load httpfs',
      'checkpoint',
      `call enable_logging(storage = 'file')`,
      `select * from read_text('/etc/passwd')`,
      `select * from glob('${copy}/**')`,
      `select * from read_text('${copy}/${KEYS.commit(1)}')`,
      `select * from read_csv('https://example.com/x.csv')`,
      `select * from '${copy}/commits/*.json'`,
    ])
      await expect(query(sql, { store: copy }), sql).rejects.toBeInstanceOf(SettingsError);
    expect(await filesOf(copy)).toEqual(before);
  });

  test('a failure while rows are read quotes none of them', async () => {
    const failure = await query('select cast(email as bigint) from users').catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toBe(
      'the query failed while it read rows (Conversion): a value is not what it expects, perhaps: try_cast helps',
    );
  });

  test('a file that is no table, where only the run of the query finds it out: no value is blamed', async () => {
    await expect(query("select * from sniff_csv('/etc/passwd')")).rejects.toThrow(
      'the query failed while it read rows (Permission): only the tables and views can be read',
    );
  });

  test('a folder without snapshots', async () => {
    await expect(query('select 1', { store: await newFolder() })).rejects.toThrow('there is no snapshot in');
  });
});

describe('a damaged object is named, nothing of it is quoted, and nothing printed', () => {
  const row = (fields: object) => `${JSON.stringify({ id: 'secret-id', ...fields })}\n`;
  test.each([
    ['cut off', '{"id":"secret-id","email":"secr'],
    ['of another type', row({ roles: 'secret-role' })],
    ['with a text for a boolean', row({ disabled: 'secret' })],
    ['no JSON', 'secret-id\n'],
    ['no UTF-8', Buffer.from([...Buffer.from('{"id":"secret-'), 0xff, ...Buffer.from('"}\n')])],
  ])('%s', async (_, bytes) => {
    const copy = await copyOf();
    const key = KEYS.json(history.days.at(-1)?.dt ?? '');
    await writeFile(join(copy, key), bytes);
    const failure = await query('select * from current_users', { store: copy }).catch((error) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure.message).toBe(`${copy}: ${key} can't be read as rows of its table. Run verify`);
  });

  test('a manifest, also where a view reads it', async () => {
    const copy = await copyOf();
    const key = KEYS.manifest(history.days[0]?.dt ?? '');
    await writeFile(join(copy, key), '{"dt":');
    await expect(query('select * from missing_days', { store: copy })).rejects.toThrow(`${key} can't be read`);
  });

  test('one that is gone once it was listed', async () => {
    const copy = await copyOf();
    const key = KEYS.manifest('2026-01-01');
    await symlink('nowhere', join(copy, key));
    await expect(query('select * from current_users', { store: copy })).rejects.toThrow(`${key} can't be read`);
  });

  test('one that the query reads nothing of is no matter', async () => {
    const copy = await copyOf();
    await writeFile(join(copy, KEYS.json(history.days[0]?.dt ?? '')), '{');
    const last = `select count(*) as n from users where dt = '${history.days.at(-1)?.dt}'`;
    expect((await query(last, { store: copy })).out).toBe((await query(last)).out);
  });
});

describe('an interrupt', () => {
  const endless = 'select count(*) from range(10000000) a (x), range(10000000) b (y) where x * y % 7 = 3';
  test.each([0, 1, 2, 5, 20, 100])('after %i turns ends the query', async (turns) => {
    const controller = new AbortController();
    const asked = query(endless, {}, controller.signal).catch((error) => error);
    for (let i = 0; i < turns; i++) await turn();
    controller.abort(new InterruptedError('interrupted'));
    expect(await asked).toBeInstanceOf(InterruptedError);
  });
});

describe('as a command', () => {
  test('it answers', async () => {
    expect(await runCommand(['query', '--store', folder, '--format', 'csv', 'select 1 as x'], { cwd: folder })).toEqual(
      {
        code: 0,
        out: 'x\r\n1\r\n',
        err: '',
      },
    );
  });

  test('a saved query, which begins with a comment, is a query and no option', async () => {
    const { code, out } = await runCommand(['query', sqlOf('current_admins'), '--store', folder], { cwd: folder });
    expect([code, out.slice(0, 2)]).toEqual([0, 'dt']);
  });

  test('over a bucket it ends with 2 and names Athena, with no credentials at hand', async () => {
    const { code, err } = await runCommand(['query', 'select 1', '--store', 's3://bucket/prefix'], { cwd: folder });
    expect([code, err]).toEqual([
      2,
      'SettingsError: --store: query reads a folder only. Over a bucket, Athena has the same tables and views\n',
    ]);
  });

  test('a wrong query ends with 2, and tells so as JSON where that was asked for', async () => {
    const { code, out } = await runCommand(['query', 'selec', '--format', 'json', '--store', folder], { cwd: folder });
    expect([code, JSON.parse(out)]).toMatchObject([2, { error: { name: 'SettingsError', code: 2 } }]);
  });

  test('a damaged object ends with 7', async () => {
    const copy = await copyOf();
    await writeFile(join(copy, KEYS.run('20260101T000000Z-schedule')), '{');
    const { code, out, err } = await runCommand(['query', 'select * from snapshot_runs', '--store', copy], {
      cwd: copy,
    });
    expect([code, out]).toEqual([7, '']);
    expect(err).toContain('runs/20260101T000000Z-schedule.json');
  });

  test.each([
    [['verify'], false],
    [['changes'], false],
    [['query', 'select 1'], true],
  ])('%j loads DuckDB: %j', async (words, loads) => {
    const hook = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) {
        if (url.includes('@duckdb')) process.stderr.write('DuckDB is loaded');
        return next(url, context);
      } });`;
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` };
    const { err } = await runCommand([...words, '--store', folder], { cwd: folder, environment });
    expect(err.includes('DuckDB is loaded')).toBe(loads);
  });
});
