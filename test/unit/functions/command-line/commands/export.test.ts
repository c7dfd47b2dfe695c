import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readXlsx } from 'hucre/xlsx';
import { beforeEach, describe, expect, test } from 'vitest';
import { readNewest } from '../../../../../functions/snapshot/commits/commit-log.ts';
import { KEYS, PROGRAM_VERSION } from '../../../../../functions/snapshot/contract.ts';
import { InterruptedError, SettingsError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { TABLES } from '../../../../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../../../../functions/snapshot/tables/views.ts';
import { user, writeDay } from '../../../../sql/synthetic.ts';
import { runCommand } from '../../../../support/command.ts';
import { exported, outputFolder } from '../../../../support/export-command.ts';
import { metadataOf, parquetOf, sheetOf } from '../../../../support/exported-file.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';
import { newFolder } from '../../../../support/take.ts';

const ENDINGS = ['parquet', 'csv', 'xlsx'] as const;
const folder = queryFolder();
let out: Awaited<ReturnType<typeof outputFolder>>;
beforeEach(async () => {
  out = await outputFolder();
  return () => rm(out.file('.'), { recursive: true });
});

/** A store with one day of users. */
async function storeOf(users: readonly ReturnType<typeof user>[]): Promise<string> {
  const store = await newFolder();
  await writeDay(store, '2026-01-01', users);
  return store;
}

describe('export', () => {
  test('prints the rows, the file and its size on one line, and the same as JSON', async () => {
    const file = out.file('admins.csv');
    const words = ['current_admins', '--store', folder().path, '--to', file];
    const { rows } = await exported(words).then(({ code, out: line, err }) => {
      expect([code, err]).toEqual([0, '']);
      return /^current_admins: (?<rows>\d+) rows in .*admins\.csv \(\d+(\.\d)? k?B\)\n$/.exec(line)?.groups ?? {};
    });
    const { out: json } = await exported([...words, '--format', 'json']);
    const { size } = await stat(file);
    expect(JSON.parse(json)).toEqual({ name: 'current_admins', file, rows: Number(rows), bytes: size, cells_cut: 0 });
  });

  test('without a name lists the tables and views as query does', async () => {
    expect((await exported([])).out).toBe((await query(undefined, { store: '/nowhere' })).out);
    const listed: { name: string }[] = JSON.parse((await exported(['--format', 'json'])).out);
    expect(listed.map(({ name }) => name)).toEqual([...TABLES, ...VIEWS].map(({ name }) => name));
  });

  test.each(ENDINGS)(
    'replaces an existing .%s file, readable by its owner only, and leaves nothing else',
    async (ending) => {
      const file = out.file(`users.${ending}`);
      await writeFile(file, 'old', { mode: 0o644 });
      await exported(['users', '--store', folder().path, '--to', file]);
      const { mode, size } = await stat(file);
      expect([mode & 0o777, size > 100]).toEqual([0o600, true]);
      expect(await out.names()).toEqual([`users.${ending}`]);
    },
  );

  test('writes a header for a table without rows', async () => {
    const store = await storeOf([user('a')]);
    for (const ending of ENDINGS)
      expect((await exported(['groups', '--store', store, '--to', out.file(`g.${ending}`)])).out).toContain('0 rows');
    const names = ['id', 'name', 'created_at', 'modified_at', 'dt'];
    expect(await readFile(out.file('g.csv'), 'utf8')).toBe(`${names.join()}\r\n`);
    expect(await sheetOf(out.file('g.xlsx'))).toEqual({ names, rows: [] });
    expect(await parquetOf(out.file('g.parquet'))).toEqual({ names, rows: [] });
  });

  test('says in a Parquet file when and from which commit it was made', async () => {
    const file = out.file("o'clock [1].PARQUET");
    await exported(['users', '--store', folder().path, '--to', file]);
    const plain = out.file('plain.parquet');
    await writeFile(plain, await readFile(file));
    const newest = await readNewest(new FolderStore(folder().path));
    expect(await metadataOf(plain)).toEqual({
      program_version: PROGRAM_VERSION,
      exported_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      newest_commit: String(newest?.number),
      newest_commit_sha256: newest?.sha256,
    });
  });

  test('gives a worksheet a bold header that stays in view, and cells that editing leaves as text', async () => {
    const file = out.file('u.xlsx');
    await exported(['users', '--store', await storeOf([user('=1+1')]), '--to', file]);
    const { sheets } = await readXlsx(new Uint8Array(await readFile(file)), { readStyles: true });
    const [sheet] = sheets;
    expect([sheets.length, sheet?.name, sheet?.freezePane?.rows]).toEqual([1, 'users', 1]);
    const style = (at: string) => sheet?.cells?.get(at)?.style;
    expect([style('0,0')?.font?.bold, style('1,0')?.font?.bold ?? false]).toEqual([true, false]);
    expect([sheet?.rows[1]?.[0], style('1,0')?.numFmt, sheet?.cells?.get('1,0')?.formula]).toEqual([
      '=1+1',
      '@',
      undefined,
    ]);
  });

  test('warns of texts that a cell of a worksheet cannot hold', async () => {
    const store = await storeOf([user('a', { first_name: 'x'.repeat(40_000) }), user('b')]);
    const { out: line, err } = await exported(['users', '--store', store, '--to', out.file('u.xlsx')]);
    expect([line.slice(0, 13), err]).toEqual([
      'users: 2 rows',
      'Warning: 1 text too long for a cell of a worksheet: cut. Parquet keeps all of it\n',
    ]);
    const { rows } = await sheetOf(out.file('u.xlsx'));
    expect(rows[0]?.[2]).toBe(`${'x'.repeat(32_766)}…`);
  });

  test('ends with 11 and writes nothing if there is no snapshot', async () => {
    const store = await newFolder();
    const words = ['users', '--store', store, '--to', out.file('u.csv')];
    const message = `no snapshot in ${store}. No file was written`;
    expect(await exported(words)).toEqual({ code: 11, out: '', err: `${message}\n` });
    const { code, out: json } = await exported([...words, '--format', 'json']);
    expect([code, JSON.parse(json)]).toEqual([11, { error: { name: 'NoSnapshot', code: 11, message } }]);
    const absent = await exported(['users', '--store', `${store}/absent`, '--to', out.file('u.csv')]);
    expect([absent.code, absent.err]).toEqual([11, expect.stringContaining('there is no such folder')]);
    expect(await out.names()).toEqual([]);
  });
});

describe('export ends with 2 and writes nothing', () => {
  const refused = async (words: readonly string[], message: string | RegExp): Promise<void> => {
    const before = await out.names();
    const failure = await exported(words).catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toMatch(message);
    expect(await out.names()).toEqual(before);
  };
  const to = (name: string) => ['users', '--store', folder().path, '--to', out.file(name)];

  test.each([
    ['userz', 'there is no table or view "userz". Did you mean users? Expected one of users, users_csv, '],
    ['usres', 'Did you mean users?'],
    ['Current_Admin', 'Did you mean current_admins?'],
    ['select 1', /"select 1"\. Expected one of .* or access_review$/],
  ])('for the name %j, and names what there is', async (name, message) => {
    await refused([name, '--store', folder().path, '--to', out.file('u.csv')], message);
  });

  test.each(['u.json', 'u', 'u.csv.gz', 'u.xls'])('for a file called %s', async (name) => {
    await refused(to(name), 'has another ending. Expected a file that ends in .parquet, .csv or .xlsx');
  });

  test('without --to, or with --to but no name', async () => {
    await refused(['users', '--store', folder().path], '--to is missing. Expected a file that ends in');
    await refused(['--to', out.file('u.csv')], 'name the table or view to export');
  });

  test('for a folder, a missing folder and what is no regular file', async () => {
    await mkdir(out.file('d.csv'));
    spawnSync('mkfifo', [out.file('pipe.csv')]);
    await refused(to('d.csv'), 'is a folder');
    await refused(to('nowhere/u.csv'), /there is no folder .*nowhere\. Create it first/);
    await refused(to('pipe.csv'), 'is not a file');
  });

  test('for a file in the folder of the snapshots, even through a link', async () => {
    await symlink(join(folder().path, 'manifests'), out.file('link'));
    await refused(to('link/u.csv'), 'is in the store');
    await refused(['users', '--store', folder().path, '--to', join(folder().path, 'u.csv')], 'is in the store');
  });

  test('for a bucket, and names Athena', async () => {
    const words = ['export', 'users', '--store', 's3://bucket/prefix', '--to', 'u.csv'];
    const { code, err } = await runCommand(words, { cwd: out.file('.') });
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/export reads folders only\. For a bucket, use Athena.*copy the bucket/),
    ]);
  });

  test('for a worksheet of more rows than it can have, and names the other formats', async () => {
    const store = await storeOf([user('a')]);
    await writeFile(join(store, KEYS.json('2026-01-01')), '{"id":"a"}\n'.repeat(1_048_576));
    await refused(
      ['users', '--store', store, '--to', out.file('u.xlsx')],
      'users has 1,048,576 rows, and a worksheet can have 1,048,575 rows and a header. Export it to a .parquet or .csv file',
    );
  });
});

describe('an export that fails leaves the file that was there, and no other', () => {
  const many = () => storeOf(Array.from({ length: 30_000 }, (_, i) => user(`user-${i}`)));

  test.each(ENDINGS)('if an object is damaged (.%s)', async (ending) => {
    const copy = await copyOf(folder().path);
    await writeFile(join(copy, KEYS.json(folder().last)), '{"id":"secret-id","roles":1}\n');
    const file = out.file(`u.${ending}`);
    await writeFile(file, 'old');
    const failure = await exported(['users', '--store', copy, '--to', file]).catch((error) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure.message).toBe(`${copy}: ${KEYS.json(folder().last)} can't be read as rows of its table. Run verify`);
    expect([await out.names(), await readFile(file, 'utf8')]).toEqual([[`u.${ending}`], 'old']);
  });

  test.each(ENDINGS)('if it is interrupted while it writes (.%s)', async (ending) => {
    const store = await many();
    const controller = new AbortController();
    const ended = exported(['users', '--store', store, '--to', out.file(`u.${ending}`)], controller.signal).catch(
      (error) => error,
    );
    while (readdirSync(out.file('.')).length === 0) await turn();
    controller.abort(new InterruptedError('interrupted'));
    expect(await ended).toBeInstanceOf(InterruptedError);
    expect(await out.names()).toEqual([]);
  });

  const mounts = spawnSync('unshare', ['-rm', 'true']).status === 0;
  test.skipIf(!mounts).each(ENDINGS)('if the disk is full (.%s), with 7', async (ending) => {
    const store = await storeOf(
      Array.from({ length: 30_000 }, (_, i) => user(`${i * 7919}-${(i * 104_729) % 65_537}`)),
    );
    const main = join(import.meta.dirname, '../../../../../functions/command-line/main.ts');
    const disk = out.file('.');
    const script = `mount -t tmpfs -o size=64k none '${disk}' && '${process.execPath}' '${main}' export users --store '${store}' --to '${disk}/u.${ending}'; code=$?; ls -A '${disk}'; exit $code`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([
      7,
      '',
      expect.stringMatching(/^OutputError: could not write .*\((ENOSPC|No space left on device)\)\n$/),
    ]);
  });
});
