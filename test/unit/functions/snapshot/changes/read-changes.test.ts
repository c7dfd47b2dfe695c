import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readChanges } from '../../../../../functions/snapshot/changes/read-changes.ts';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { serveAnodot } from '../../../../support/anodot/server.ts';
import { ada, ben, cleo } from '../../../../support/four-users.ts';
import { newFolder, take } from '../../../../support/take.ts';

const DT = '2026-11-21';

/** A store of two days, the second of which was published twice, and the manifest of its first publication. */
async function publishedTwice() {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = new FolderStore(folder);
  const publish = async (at: Date, users: readonly object[]) => {
    const server = await serveAnodot({
      users: (response) => response.writeHead(200, { date: at.toUTCString() }).end(JSON.stringify(users)),
    });
    await take({ url: server.url, store, run: { startedAt: at, now: () => at } });
    await server.close();
  };
  await publish(new Date('2026-11-20T02:15:00Z'), [ada, ben]);
  await publish(new Date(`${DT}T02:15:00Z`), [ada, ben, cleo]);
  const [, first] = await readManifests(store);
  await publish(new Date(`${DT}T09:00:00Z`), [ada]);
  if (!first) throw new Error('the second day has no manifest');
  return { folder, store, first };
}

test('the feed of a day that was published again since its manifest was read is the new one', async () => {
  const { store, first } = await publishedTwice();
  const changes: string[] = [];
  for await (const { change, id } of (await readChanges(store, first)) ?? []) changes.push(`${change} ${id}`);
  expect(changes).toEqual([`left ${ben._id}`]);
});

test('a feed that neither the manifest that was read nor the current one names is an error', async () => {
  const { folder, store, first } = await publishedTwice();
  await writeFile(join(folder, KEYS.changes(DT)), '');
  await expect(readChanges(store, first)).rejects.toThrow(StoreError);
  await expect(readChanges(store, first)).rejects.toThrow('is damaged, or a run is replacing it. Run verify');
});
