import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { QueryFormat } from '../../../../../functions/command-line/query/result.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { TABLES } from '../../../../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../../../../functions/snapshot/tables/views.ts';
import { runCommand } from '../../../../support/command.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { query, queryFolder } from '../../../../support/query-folder.ts';

const folder = queryFolder();
const on = (format?: QueryFormat) => ({ store: folder().path, ...(format && { format }) });

describe('query without SQL', () => {
  test.each([80, 40])('lists each table and view with its columns, in %i columns', async (columns) => {
    const { out, err, code } = await query(undefined, { ...on(), columns });
    const paragraphs = out.trimEnd().split('\n\n');
    expect(paragraphs.map((paragraph) => /^\w+ \(\w+\)/.exec(paragraph)?.[0])).toEqual([
      ...TABLES.map(({ name }) => `${name} (table)`),
      ...VIEWS.map(({ name }) => `${name} (view)`),
    ]);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect([err, code]).toEqual(['', 0]);
  });

  test('lists the columns that a query sees, with their types', async () => {
    const { out } = await query(undefined, { ...on(), format: 'json' });
    const listed: { name: string; columns: { name: string; type: string }[] }[] = JSON.parse(out);
    for (const { name, columns } of listed) {
      const { out: line } = await query(`select * from ${name} limit 0`, on('csv'));
      expect(columns.map((column) => column.name).sort(), name).toEqual(line.trim().split(',').sort());
    }
    const types = listed.flatMap(({ columns }) => columns.map(({ type }) => type));
    expect(
      types.filter((type) => !/^(varchar|bigint|boolean|timestamp\(3\)|(array|map|row)\(.+\))$/.test(type)),
    ).toEqual([]);
  });

  test('needs no snapshot', async () => {
    expect((await query(undefined, { store: '/nowhere', format: 'csv' })).out).toContain('current_users,view,');
  });
});

describe('the query command', () => {
  test('prints the result and ends with 0', async () => {
    expect(
      await runCommand(['query', '--store', folder().path, '--format', 'csv', 'select 1 as x'], { cwd: folder().path }),
    ).toEqual({
      code: 0,
      out: 'x\r\n1\r\n',
      err: '',
    });
  });

  test('accepts a saved query that begins with a comment, which looks like an option', async () => {
    const { code, out } = await runCommand(['query', sqlOf('current_admins'), '--store', folder().path], {
      cwd: folder().path,
    });
    expect([code, out.slice(0, 2)]).toEqual([0, 'dt']);
  });

  test('ends with 2 for a bucket and refers to Athena, without needing credentials', async () => {
    const { code, err } = await runCommand(['query', 'select 1', '--store', 's3://bucket/prefix'], {
      cwd: folder().path,
    });
    expect([code, err]).toEqual([
      2,
      'SettingsError: --store: query reads folders only. For a bucket, use Athena, which has the same tables and views\n',
    ]);
  });

  test('ends with 2 for a wrong query, and reports it as JSON with --format json', async () => {
    const { code, out } = await runCommand(['query', 'selec', '--format', 'json', '--store', folder().path], {
      cwd: folder().path,
    });
    expect([code, JSON.parse(out)]).toMatchObject([2, { error: { name: 'SettingsError', code: 2 } }]);
  });

  test('that fails midway adds no error to the JSON that it began, and ends with 2', async () => {
    const cast = "cast(case when i = 400000 then 'x' else cast(i as varchar) end as bigint)";
    const words = [
      'query',
      `select ${cast} as v from range(500000) t (i)`,
      '--format',
      'json',
      '--store',
      folder().path,
    ];
    const { code, out, err } = await runCommand(words, { cwd: folder().path });
    expect([code, out.includes('error')]).toEqual([2, false]);
    expect(out.startsWith('[\n{"v":0},')).toBe(true);
    expect(err).toMatch(/^SettingsError: /);
  });

  test('ends with 7 for a damaged object and names it', async () => {
    const copy = await copyOf(folder().path);
    await writeFile(join(copy, KEYS.run('20260101T000000Z-schedule')), '{');
    const { code, out, err } = await runCommand(['query', 'select * from snapshot_runs', '--store', copy], {
      cwd: copy,
    });
    expect([code, out]).toEqual([7, '']);
    expect(err).toContain('runs/20260101T000000Z-schedule.json');
  });
});
