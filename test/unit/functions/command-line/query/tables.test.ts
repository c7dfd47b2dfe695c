import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { QueryFormat } from '../../../../../functions/command-line/query/result.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { TABLES } from '../../../../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../../../../functions/snapshot/tables/views.ts';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';

const folder = queryFolder();
const on = (format?: QueryFormat) => ({ store: folder().path, ...(format && { format }) });

describe('the tables that a query reads', () => {
  test('are empty but have their columns if the store has no such objects', async () => {
    const bare = await copyOf(folder().path);
    for (const part of ['users', 'changes', 'groups', 'manifests']) await rm(join(bare, part), { recursive: true });
    for (const { name, columns, partitioned } of TABLES.filter((table) => table.name !== 'snapshot_runs')) {
      const { out } = await query(`select * from ${name}`, { store: bare, format: 'csv' });
      const all = [...columns.map((column) => column.name), ...(partitioned ? ['dt'] : [])];
      expect(out).toBe(`${all.join(',')}\r\n`);
    }
    for (const { name } of VIEWS)
      expect((await query(`select * from ${name}`, { store: bare, format: 'json' })).out).toBe('[]\n');
  });

  test('have the same column types with rows as without', async () => {
    const bare = await copyOf(folder().path);
    for (const part of ['users', 'changes', 'groups', 'manifests']) await rm(join(bare, part), { recursive: true });
    for (const { name } of TABLES) {
      const described = await query(`describe ${name}`, on('json'));
      expect((await query(`describe ${name}`, { store: bare, format: 'json' })).out).toBe(described.out);
    }
  });

  test('contain the rows of an interrupted day, as in Athena, but no view counts them', async () => {
    const today = folder().history.runs.at(-1)?.dt ?? '';
    const { out } = await query(
      `select (select count(*) from users where dt = '${today}') > 0 as rows, max(dt) as newest from current_users`,
      on('json'),
    );
    expect(JSON.parse(out)).toEqual([{ rows: true, newest: folder().last }]);
  });

  test('leave out hidden files, files outside a partition or in a folder inside one, and partitions that are not a date up to today', async () => {
    const copy = await copyOf(folder().path);
    const dt = folder().last;
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
    expect((await query(count, { store: copy })).out).toBe((await query(count, on())).out);
  });

  test('have only text and no null if they read CSV', async () => {
    const { out } = await query(
      `select * from users_csv where id = 'roles-never-said' order by dt limit 1`,
      on('json'),
    );
    const [row] = JSON.parse(out);
    expect(Object.keys(row)).toEqual([...USER_COLUMNS, 'dt']);
    expect(row).toMatchObject({
      email: '',
      disabled: '',
      roles: '',
      extra_json: '',
      owner_organization: 'organization',
    });
  });

  test('are found in a folder of any name, and no part of its path counts as a partition', async () => {
    const copy = await copyOf(folder().path);
    const odd = join(copy, `it's [a] "folder" *?`, 'id=7', 'dt=2020-01-01');
    const alike = join(copy, `it's a "folder" xy`, 'id=7', 'dt=2020-01-01');
    await mkdir(odd, { recursive: true });
    await cp(folder().path, alike, { recursive: true }); // the other name, read as a pattern, matches this one
    for (const part of ['users', 'manifests', 'groups']) await rename(join(copy, part), join(odd, part));
    const sql = 'select dt, id, email, group_names from current_users order by id';
    expect((await query(sql, { store: odd })).out).toBe((await query(sql, on())).out);
  });
});
