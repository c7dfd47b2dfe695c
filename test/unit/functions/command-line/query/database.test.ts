import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { QueryDatabase } from '../../../../../functions/command-line/query/database.ts';
import type { QueryFormat } from '../../../../../functions/command-line/query/result.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { InterruptedError, SettingsError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { filesOf } from '../../../../support/faulted-run.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';
import { newFolder } from '../../../../support/take.ts';

const folder = queryFolder();
const on = (format?: QueryFormat) => ({ store: folder().path, ...(format && { format }) });

describe('a query is a SettingsError', () => {
  test.each([
    ['selec 1', 'syntax error at or near "selec"'],
    ['select nope from users', 'Referenced column "nope" not found'],
    ['select * from nowhere', 'Table with name nowhere does not exist'],
    ['', 'the query is empty'],
    ['-- only a comment\n;', 'the query is empty'],
    ['select 1; select 2', 'must be one SELECT'],
    ['select * from users where id = ?', 'without parameters'],
  ])('if it is %j, and its message says what is wrong', async (sql, message) => {
    const failure = await query(sql, on()).catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toContain(message);
  });

  test('if it would write, load or set something or read a file, and nothing changes', async () => {
    const copy = await copyOf(folder().path);
    const rows = join(copy, KEYS.json(folder().last));
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

  test('that quotes no row if it fails while rows are read', async () => {
    const failure = await query('select cast(email as bigint) from users', on()).catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toBe(
      'the query failed while reading rows (Conversion): a value may not be what the query expects; try_cast may help',
    );
  });

  test('that names the permission instead of a value if it turns out to read a file while it runs', async () => {
    await expect(query("select * from sniff_csv('/etc/passwd')", on())).rejects.toThrow(
      'the query failed while reading rows (Permission): only the tables and views can be read',
    );
  });

  test('if the folder has no snapshots', async () => {
    await expect(query('select 1', { store: await newFolder() })).rejects.toThrow('there is no snapshot in');
  });
});

describe('a query over a damaged store', () => {
  const row = (fields: object) => `${JSON.stringify({ id: 'secret-id', ...fields })}\n`;
  test.each([
    ['cut off', '{"id":"secret-id","email":"secr'],
    ['of another type', row({ roles: 'secret-role' })],
    ['with a text for a boolean', row({ disabled: 'secret' })],
    ['not JSON', 'secret-id\n'],
    ['not UTF-8', Buffer.from([...Buffer.from('{"id":"secret-'), 0xff, ...Buffer.from('"}\n')])],
  ])('names rows that are %s, and quotes nothing of them', async (_, bytes) => {
    const copy = await copyOf(folder().path);
    const key = KEYS.json(folder().last);
    await writeFile(join(copy, key), bytes);
    const failure = await query('select * from current_users', { store: copy }).catch((error) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure.message).toBe(`${copy}: ${key} can't be read as rows of its table. Run verify`);
  });

  test('names a manifest that is damaged, even if a view reads it', async () => {
    const copy = await copyOf(folder().path);
    const key = KEYS.manifest(folder().first);
    await writeFile(join(copy, key), '{"dt":');
    await expect(query('select * from missing_days', { store: copy })).rejects.toThrow(`${key} can't be read`);
  });

  test('names an object that is gone by the time it is read', async () => {
    const copy = await copyOf(folder().path);
    const key = KEYS.manifest(folder().first);
    const database = await QueryDatabase.open(new FolderStore(copy), folder().last);
    onTestFinished(() => database.close());
    await rm(join(copy, key));
    const asked = database.query('select * from current_users', new AbortController().signal);
    await expect(asked).rejects.toThrow(`${key} can't be read`);
  });

  test('succeeds if it reads nothing of the damaged object', async () => {
    const copy = await copyOf(folder().path);
    await writeFile(join(copy, KEYS.json(folder().first)), '{');
    const last = `select count(*) as n from users where dt = '${folder().last}'`;
    expect((await query(last, { store: copy })).out).toBe((await query(last, on())).out);
  });
});

describe('a query that fails after its first rows were read', () => {
  const late = `select cast(case when x = 199999 then 'secret' else '1' end as bigint) as n from range(200000) r (x)`;

  test('is a SettingsError that quotes no row', async () => {
    const failure = await query(late, on()).catch((error) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(failure.message).toMatch(/^the query failed while reading rows \(Conversion\): (?!.*secret)/);
  });

  test('is interrupted if the interrupt comes between two batches', async () => {
    const database = await QueryDatabase.open(new FolderStore(folder().path), folder().last);
    onTestFinished(() => database.close());
    const controller = new AbortController();
    const { batches } = await database.query('select x from range(1000000000) r (x)', controller.signal);
    const read = async () => {
      for await (const rows of batches()) if (rows.length > 0) controller.abort(new InterruptedError('interrupted'));
    };
    await expect(read()).rejects.toBeInstanceOf(InterruptedError);
  });
});

describe('an interrupted query', () => {
  const endless = 'select count(*) from range(10000000) a (x), range(10000000) b (y) where x * y % 7 = 3';
  test.each([0, 1, 2, 5, 20, 100])(
    'ends if the interrupt comes %i turns of the event loop after its start',
    async (turns) => {
      const controller = new AbortController();
      const asked = query(endless, { ...on(), interrupt: controller.signal }).catch((error) => error);
      for (let i = 0; i < turns; i++) await turn();
      controller.abort(new InterruptedError('interrupted'));
      expect(await asked).toBeInstanceOf(InterruptedError);
    },
  );
});
