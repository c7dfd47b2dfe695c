import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeExport } from '../../../../../functions/command-line/export/write.ts';
import { ENTRIES } from '../../../../../functions/command-line/query/catalogue.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { outputFolder } from '../../../../support/export-command.ts';
import { metadataOf, parquetOf } from '../../../../support/exported-file.ts';
import { publishRows } from '../../../../support/published-rows.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

let [folder, out]: [string, Awaited<ReturnType<typeof outputFolder>>] = ['', await outputFolder()];
const publish = (day: number) =>
  publishRows(new FolderStore(folder), { at: new Date(`2026-01-0${day}T02:15:00Z`), users: [EMPTY_USER] });
beforeEach(async () => {
  [folder, out] = [await newFolder(), await outputFolder()];
  await publish(1);
  return () => Promise.all([folder, out.file('.')].map((path) => rm(path, { recursive: true })));
});

async function exportUsers(store: Store, name: string): Promise<string> {
  const entry = ENTRIES.find((one) => one.name === 'users');
  if (!entry) throw new Error('there is such a table');
  const [now, interrupt] = [new Date('2026-01-09T00:00:00Z'), new AbortController().signal];
  const format = name.endsWith('.csv') ? 'csv' : 'parquet';
  await writeFile(out.file(name), '');
  await writeExport({ store, entry, format, now, interrupt }, out.file(name));
  return out.file(name);
}

/** A store in which a run publishes in each of the first readings, right before the files of users are listed. */
const publishing = (runs: number): Store => {
  let day = 1;
  return watched(new FolderStore(folder), async (call, perform, key) => {
    if (call === 'list' && key.startsWith('users/json') && day <= runs) await publish(++day);
    return perform();
  });
};

test('an export during which a run publishes is written again, so that its rows are of the commit that it names', async () => {
  const file = await exportUsers(publishing(1), 'u.parquet');
  expect(await metadataOf(file)).toMatchObject({ newest_commit: '2' });
  expect((await parquetOf(file)).rows).toHaveLength(2);
});

test('an export ends in an error if a run publishes during every reading', async () => {
  await expect(exportUsers(publishing(7), 'u.parquet')).rejects.toThrow('a run published during each of 5 readings');
});

test.each(['u.parquet', 'u.csv'])(
  'an export ends in an error that names a damaged newest commit (%s)',
  async (name) => {
    await writeFile(join(folder, KEYS.commit(1)), '{');
    const failed = expect(exportUsers(new FolderStore(folder), name)).rejects;
    await failed.toThrow(new StoreError(`${folder}: ${KEYS.commit(1)} is damaged. Run verify`));
  },
);
