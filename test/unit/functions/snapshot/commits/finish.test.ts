import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../../functions/snapshot/commits/finish.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../support/clock.ts';
import {
  dieAfterCommit,
  entryOf,
  finishedOn,
  responseOnDay,
  runOn,
  serve,
  stagedPath,
  verifyOn,
} from '../../../../support/commit-runs.ts';
import { shown } from '../../../../support/fault-table.ts';
import { callLost, isRaw, overtaken, responseLost, watched } from '../../../../support/store-doubles.ts';
import { commitOf, documentOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** A failure after the commit says that the next run finishes it, and finishing can be repeated. */

describe('a failure after the commit', () => {
  const saysCommitted = /commit 1 is committed, and the next run finishes it/;

  test.each([
    ['has no effect', callLost],
    ['loses its response', responseLost],
  ])(
    'at any object, in a call that %s, says that the snapshot is committed, and the next run finishes it',
    async (_, way) => {
      for (let nth = 1, objects = 1; nth <= objects; nth++) {
        const folder = await newFolder();
        const { url } = await serve();
        let calls = 0;
        const store = watched(new FolderStore(folder), (call, perform, key) =>
          call === 'putInPlace' && !isRaw(key) && ++calls === nth ? way(perform) : perform(),
        );
        const failed = runOn(store, 24, url, { run: { runId: 'unfinished' } });
        await expect(failed).rejects.toThrow(StoreError);
        await expect(failed).rejects.toThrow(saysCommitted);
        objects = (await commitOf(store, 1)).objects.filter(({ staged }) => staged !== null).length;
        expect(await documentOf(store, 'unfinished')).toMatchObject({ status: 'published', commit: 1 });
        expect((await verifyOn(store, 24)).status).toBe(
          way === responseLost && nth === objects ? 'sound' : 'interrupted',
        );
        expect((await runOn(new FolderStore(folder), 24 + (nth % 2), url)).document.commit).toBe(2);
        expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
      }
    },
  );

  test.each([
    ['the run document cannot be written', 'replace', 'runs/'],
    ['the manifest, which another run promoted, cannot be read', 'read', 'manifests/'],
  ])('says that the snapshot is committed even if %s', async (_, failing, where) => {
    const folder = await newFolder();
    const { url } = await serve();
    let committed = false;
    const store = watched(overtaken(new FolderStore(folder)), async (call, perform, key) => {
      if (committed && call === failing && key.startsWith(where)) return callLost();
      const result = await perform();
      committed ||= call === 'putInPlace' && key.startsWith('manifests/');
      return result;
    });
    const failed = runOn(store, 24, url);
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow(/commit 1 is committed/);
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound' });
  });
});

test('a run whose own commit loses an object before it is in place fails and names the object', async () => {
  const folder = await newFolder();
  const { url } = await serve();
  const store = watched(new FolderStore(folder), async (call, perform, key) => {
    const result = await perform();
    if (call === 'create' && key === KEYS.commit(1)) {
      const rows = (await commitOf(new FolderStore(folder), 1)).objects.find(({ kind }) => kind === 'json');
      if (rows) await rm(stagedPath(folder, rows));
    }
    return result;
  });
  const failed = runOn(store, 24, url, { run: { runId: 'unlucky' } });
  await expect(failed).rejects.toThrow(StoreError);
  const message = `commit 1 is committed, and the next run finishes it: ${KEYS.json(dtOf(24))} is lost. Run verify, and run again`;
  await expect(failed).rejects.toThrow(message);
  expect(await documentOf(new FolderStore(folder), 'unlucky')).toMatchObject({
    status: 'published',
    commit: 1,
    message,
  });
  shown(
    'C49',
    "an object is lost right after the run's own commit",
    'exit 7, naming the object and saying that the commit exists',
  );
});

describe('finishing', () => {
  test('a commit repeatedly changes nothing and reports nothing lost, even after its users have expired', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const entry = await entryOf(store, 1);
    expect(await finish(store, entry)).toEqual({});
    for (const name of ['users', 'changes', 'groups']) await rm(join(folder, name), { recursive: true, force: true });
    expect(await finish(store, entry)).toEqual({});
    expect(await store.list('users/')).toEqual([]);
  });

  test('a commit that is being replaced reports nothing lost and restores nothing', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    await dieAfterCommit(folder, 24, url);
    let replaced = false;
    const store = watched(new FolderStore(folder), async (call, perform) => {
      if (call === 'putInPlace' && !replaced) {
        replaced = true;
        // The later run has finished this commit and is promoting its own objects, but not yet its manifest.
        await dieAfterCommit(folder, 24, url, 1);
      }
      return perform();
    });
    const entry = await entryOf(store, 1);
    expect(await finish(store, entry)).toEqual({});
    expect(await finishedOn(store, 24)).toBe(1);
    expect(await responseOnDay(store, 24)).toBe(2);
    await runOn(new FolderStore(folder), 25, url);
    expect(await verifyOn(new FolderStore(folder), 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('a commit that a later commit of the day replaced reports nothing lost and restores nothing', async () => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    for (let time = 0; time < 2; time++) await runOn(store, 24, url);
    await runOn(store, 25, url);
    const entry = await entryOf(store, 1);
    expect(await finish(store, entry)).toEqual({});
    expect(await responseOnDay(store, 24)).toBe(2);
  });

  test.each([
    ['a later commit of its day', 24, false, {}],
    ['a later commit of another day', 25, false, { lost: KEYS.json(dtOf(24)) }],
    ['a damaged later commit of its day', 24, true, { lost: KEYS.json(dtOf(24)) }],
  ])(
    'a commit that lost an object is excused only by a sound later commit of its day: %s',
    async (what, day, damaged, finished) => {
      const folder = await newFolder();
      const { url } = await serve();
      await dieAfterCommit(folder, 24, url);
      const store = new FolderStore(folder);
      const entry = await entryOf(store, 1);
      const lost = entry.commit?.objects.find(({ kind }) => kind === 'json');
      if (!lost) throw new Error('the commit has no rows');
      await rm(stagedPath(folder, lost));
      await runOn(store, day, url);
      await rm(join(folder, KEYS.manifest(dtOf(24))), { force: true });
      await rm(join(folder, KEYS.json(dtOf(24))), { force: true });
      if (damaged) await writeFile(join(folder, KEYS.commit(2)), '{}');
      expect(await finish(store, entry)).toEqual(finished);
      shown('C45', `a lost object, and ${what}`, 'lost' in finished ? 'named as lost' : 'replaced, so nothing is lost');
    },
  );

  test.each([
    ['names a commit that does not exist', (text: string) => text.replace('"commit":1', '"commit":999')],
    ['names a commit of another day', (text: string) => text.replace('"commit":1', '"commit":2')],
    ['is not JSON', () => 'x'],
  ])('is not prevented by a published manifest that %s', async (_, edit) => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const manifest = join(folder, KEYS.manifest(dtOf(24)));
    await writeFile(manifest, edit(await readFile(manifest, 'utf8')));
    expect((await verifyOn(store, 24)).status).toBe('damaged');
    const { document, manifest: published } = await runOn(store, 24, url);
    expect(document.commit).toBe(2);
    expect(published?.commit).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });
});
