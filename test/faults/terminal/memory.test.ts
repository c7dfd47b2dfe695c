import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shown } from '../../support/fault-table.ts';
import { queryFolder } from '../../support/query-folder.ts';

/** In a container of 256 MB, a query streams its result or ends with advice. It isn't killed. The container is a control group, if this machine allows one. */

const MAIN = join(import.meta.dirname, '../../../functions/command-line/main.ts');
const MEGABYTES = 256;
const folder = queryFolder();

/** A control group of either version with this limit, or undefined if none can be created. */
function newGroup(): string | undefined {
  for (const [root, file] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const group = join(root, `snapshots-test-${process.pid}`);
    try {
      mkdirSync(group);
    } catch {
      continue; // the other version, or no permission
    }
    onTestFinished(() => rmdirSync(group));
    try {
      writeFileSync(join(group, file), String(MEGABYTES << 20), { flag: 'r+' });
      return group;
    } catch {
      // no memory controller
    }
  }
  return undefined;
}

test("a query that sorts more than its container's memory ends with 2 and advice, and one that only returns more succeeds", (context) => {
  const group = newGroup();
  if (group === undefined) return context.skip('no control group can be created here');
  const query = (sql: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        `echo $$ > '${group}/cgroup.procs' && exec "$@"`,
        'sh',
        process.execPath,
        MAIN,
        'query',
        sql,
        '--store',
        folder().path,
        '--format',
        'csv',
      ],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      },
    );
  const sorting = query('select repeat(cast(x as varchar), 20) as t from range(50000000) r (x) order by t desc');
  expect([sorting.status, sorting.stdout]).toEqual([2, '']);
  expect(sorting.stderr).toBe(
    'SettingsError: the query failed while reading rows (Out of Memory): select fewer days or columns, or provide more memory\n',
  );
  shown(
    'C29',
    `a query that sorts several gigabytes in a container of ${MEGABYTES} MB`,
    `exit ${sorting.status}: select fewer days or columns`,
    'killed, 137',
  );
  const streamed = query('select x, repeat(cast(x as varchar), 40) as t from range(2000000) r (x)');
  expect([streamed.status, streamed.stderr]).toEqual([0, '']);
  expect(streamed.stdout.length).toBeGreaterThan(2 * MEGABYTES * 1e6);
  shown(
    'C29',
    `a query that returns half a gigabyte in a container of ${MEGABYTES} MB`,
    `exit ${streamed.status}, all rows: the result is streamed`,
    'killed, 137',
  );
  const { status, stdout } = query('select count(*) as n from current_users');
  expect([status, stdout.split('\r\n')[0]]).toEqual([0, 'n']);
  shown('C29', `an ordinary query in a container of ${MEGABYTES} MB`, `exit ${status}`);
});
