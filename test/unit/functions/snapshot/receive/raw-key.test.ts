import { rm } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newFolder, takeOutcome } from '../../../../support/take.ts';

/** The run document names the raw response whenever it was kept, however the run ends. */

test.each(['changes/', 'groups/', 'manifests/'])(
  'a run whose raw response is complete, and that then fails to stage %s, keeps and names that response',
  async (folder) => {
    const path = await newFolder();
    const server = await serveAnodot({ users: answer([{ _id: 'a' }]) });
    onTestFinished(async () => {
      await server.close();
      await rm(path, { recursive: true, force: true });
    });
    const store = new FolderStore(path);
    const failing = watched(store, (call, perform, key) => {
      if (call === 'close' && key.startsWith(folder)) throw new StoreError('the disk is full');
      return perform();
    });
    const { document, ...outcome } = await takeOutcome({ url: server.url, store: failing });
    expect(outcome).toEqual({ error: new StoreError('the disk is full') });
    expect(document).toMatchObject({ status: 'failed', code: 7 });
    expect(await store.list('raw/')).toEqual([document.raw_key]);
  },
);
