import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError, SupersededError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { responseOnDay, runOn, serve, stagings, verifyOn } from '../../../../support/commit-runs.ts';
import { callLost, DelayedStore, isCommit, responseLost, watched } from '../../../../support/store-doubles.ts';
import { documentOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** A run knows whether its commit exists, whatever happens to the call that creates it. */

describe('a commit', () => {
  /** Disturbs the first creations of commits, each in one of these ways. Later ones are performed. */
  const disturbing = (folder: string, ...ways: ((perform: () => Promise<unknown>) => Promise<never>)[]) =>
    watched(new FolderStore(folder), (call, perform, key) => {
      const way = call === 'create' && isCommit(key) ? ways.shift() : undefined;
      return way ? way(perform) : perform();
    });

  test.each([
    ['takes effect but its response is lost', [responseLost]],
    ['has no effect', [callLost]],
    ['has no effect twice', [callLost, callLost]],
    ['has no effect, then loses its response', [callLost, responseLost]],
    ['loses its response every time', [responseLost, responseLost, responseLost]],
  ])("is recognized as the run's own if the call that creates it %s", async (_, ways) => {
    const folder = await newFolder();
    const { url } = await serve();
    const { document } = await runOn(disturbing(folder, ...ways), 24, url);
    expect(document).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test("is recognized as the run's own if the call was performed twice and the second response says that it exists", async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = watched(new FolderStore(folder), async (call, perform, key) => {
      if (call === 'create' && isCommit(key)) await perform();
      return perform();
    });
    expect((await runOn(store, 24, url)).document).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test('that may exist because no response ever came is reported as such, and everything staged is kept', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const failed = runOn(disturbing(folder, callLost, callLost, callLost), 24, url, { run: { runId: 'unclear' } });
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow(/may be committed/);
    expect(await stagings(folder)).toHaveLength(1);
    expect(await documentOf(new FolderStore(folder), 'unclear')).toMatchObject({ status: 'failed', code: 7 });
    const store = new FolderStore(folder);
    expect((await runOn(store, 24, url)).document.commit).toBe(1);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test.each([
    ['the same', 24],
    ['another', 25],
  ])('that takes effect after its run has failed is finished by the next run on %s day', async (_, day) => {
    const folder = await newFolder();
    const { url } = await serve();
    const delayed = new DelayedStore(new FolderStore(folder), (call, key) => call === 'create' && isCommit(key));
    const failed = runOn(delayed.store, 24, url);
    await expect(failed).rejects.toThrow(/may be committed/);
    await delayed.arrive();
    const store = new FolderStore(folder);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'interrupted', commits: 1 });
    expect((await runOn(store, day, url)).document.commit).toBe(2);
    expect(await verifyOn(store, day)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('attempted after another run has committed changes nothing', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const delayed = new DelayedStore(new FolderStore(folder), (call, key) => call === 'create' && isCommit(key));
    const failed = runOn(delayed.store, 24, url);
    await expect(failed).rejects.toThrow(/may be committed/);
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const before = await readFile(join(folder, KEYS.commit(1)));
    await delayed.arrive();
    expect(await readFile(join(folder, KEYS.commit(1)))).toEqual(before);
    expect(await responseOnDay(store, 24)).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test('preempted by another run of the day leaves its own run superseded', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const whileOtherCommits = async () => {
      await runOn(new FolderStore(folder), 24, url);
      return callLost();
    };
    await expect(runOn(disturbing(folder, whileOtherCommits), 24, url)).rejects.toThrow(SupersededError);
    expect(await responseOnDay(new FolderStore(folder), 24)).toBe(2);
    expect(await stagings(folder)).toEqual([]);
  });

  test('whose creation gets no response, and that cannot be read back, fails its run with "may be committed", and the run document says that it was published', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    let fails = 1;
    const store = watched(new FolderStore(folder), (call, perform, key) => {
      if (key !== KEYS.commit(1)) return perform();
      if (call === 'create') return responseLost(perform);
      return call === 'read' && fails-- > 0 ? callLost() : perform();
    });
    await expect(runOn(store, 24, url, { run: { runId: 'unread' } })).rejects.toThrow(/may be committed/);
    expect(await documentOf(store, 'unread')).toMatchObject({ status: 'published', commit: 1, code: 0 });
    await runOn(new FolderStore(folder), 25, url);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });
});
