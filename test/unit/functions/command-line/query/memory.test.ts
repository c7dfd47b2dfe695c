import { describe, expect, test } from 'vitest';
import { QueryDatabase } from '../../../../../functions/command-line/query/database.ts';
import { memoryLimits, memoryOf } from '../../../../../functions/command-line/query/memory.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { shown } from '../../../../support/fault-table.ts';
import { queryFolder } from '../../../../support/query-folder.ts';

const GIGABYTE = 2 ** 30;

describe('the memory of a query', () => {
  test.each([
    ['the container’s if it has less than the machine', GIGABYTE / 2, 32 * GIGABYTE, GIGABYTE / 2],
    ['the machine’s if the container has no limit', 2 ** 64, 32 * GIGABYTE, 32 * GIGABYTE],
    ['the machine’s if there is no container', 0, 32 * GIGABYTE, 32 * GIGABYTE],
  ])('is %s', (_, constrained, total, expected) => {
    expect(memoryOf(constrained, total)).toBe(expected);
  });

  test('leaves room for Node.js, and allows one thread if it is small', () => {
    expect(memoryLimits(GIGABYTE / 4)).toEqual({
      databaseBytes: GIGABYTE / 8,
      processBytes: Math.floor(GIGABYTE / 5),
      threads: 1,
    });
  });
});

const folder = queryFolder();

test.each([
  ['DuckDB', { databaseBytes: 64 << 20, processBytes: 2 ** 40, threads: 1 }],
  ['a batch of rows', { databaseBytes: 2 ** 32, processBytes: 1, threads: 1 }],
])('a query that needs more memory than there is for %s fails with advice', async (what, limits) => {
  const database = await QueryDatabase.open(new FolderStore(folder().path), '2030-01-01', { limits });
  const sql = 'select repeat(cast(x as varchar), 20) as t from range(5000000) r (x) order by t desc';
  const failure = await database.query(sql, new AbortController().signal).catch((error) => error);
  database.close();
  expect(failure).toBeInstanceOf(SettingsError);
  expect(failure.message).toContain('(Out of Memory): select fewer days or columns');
  shown(
    'C29',
    `a limit injected for ${what}`,
    `exit ${failure.code}, with advice`,
    'the limit came from the host’s memory',
  );
});
