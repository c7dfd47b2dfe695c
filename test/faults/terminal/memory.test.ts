import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shown } from '../../support/fault-table.ts';
import { queryFolder } from '../../support/query-folder.ts';

/** A query that needs more than its container's memory ends with advice instead of being killed. The container is a control group. */

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

test("a query that needs more than its container's memory ends with 2 and advice, and one that needs less succeeds", (context) => {
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
  for (const [what, sql] of [
    ['sorts', 'select repeat(cast(x as varchar), 20) as t from range(50000000) r (x) order by t desc'],
    ['returns', 'select x, repeat(cast(x as varchar), 20) as t from range(50000000) r (x)'],
  ] as const) {
    const { status, stdout, stderr } = query(sql);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'SettingsError: the query failed while it read rows (Out of Memory): ask for fewer days or columns, or give it more memory\n',
    );
    shown(
      'C29',
      `a query that ${what} several gigabytes in a container of ${MEGABYTES} MB`,
      `exit ${status}, with advice`,
      'killed, 137',
    );
  }
  const { status, stdout } = query('select count(*) as n from current_users');
  expect([status, stdout.split('\r\n')[0]]).toEqual([0, 'n']);
  shown('C29', `an ordinary query in a container of ${MEGABYTES} MB`, `exit ${status}`);
});
