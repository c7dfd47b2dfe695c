import { describe, expect, test } from 'vitest';
import { commitNumbers } from '../../../../../functions/snapshot/commits/commit-log.ts';
import type { PublicationReport } from '../../../../../functions/snapshot/publication-report.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { runOn, serve, stagings, verifyOn } from '../../../../support/commit-runs.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { documentOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** One event creates one commit, however often it is delivered. */

describe('an event delivered twice', () => {
  const run = { runId: '20200224T120000Z-schedule' };

  test("creates one commit, and the second delivery returns the first one's result without a request to Anodot", async () => {
    const { url, askedForUsers } = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    const second = await runOn(store, 24, url, { run });
    expect(second.document).toEqual(first.document);
    expect(second.manifest).toEqual(first.manifest);
    expect(askedForUsers()).toBe(1);
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test.each([
    ['of the same day', [24, 24], null],
    ['of the next day', [25], 1],
  ])('returns the first result even if other runs %s committed in between', async (_, between, manifestOf) => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    for (const day of between) await runOn(store, day, url);
    const second = await runOn(store, 24, url, { run });
    expect(second.document).toEqual(first.document);
    expect(second.manifest?.commit ?? null).toBe(manifestOf);
    expect(await commitNumbers(store)).toHaveLength(1 + between.length);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('returns the first result even if the second delivery comes after midnight', async () => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    const second = await runOn(store, 25, url, { run });
    expect(second.document).toMatchObject({ commit: 1, commit_sha256: first.document.commit_sha256 });
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test('returns the first result even if another run committed in between and the second delivery comes after midnight', async () => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    await runOn(store, 24, url);
    const second = await runOn(store, 25, url, { run });
    expect(second.document).toMatchObject({ commit: 1, commit_sha256: first.document.commit_sha256 });
    expect(await commitNumbers(store)).toEqual([1, 2]);
  });

  test('returns the first result, reported once, if the second delivery lists commits before the first ends and looks after it', async () => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    const firstEnded = Promise.withResolvers<void>();
    const listed = Promise.withResolvers<void>();
    const slow = watched(store, async (call, perform, key) => {
      if (call === 'create' && key.startsWith('runs/')) await firstEnded.promise;
      const result = await perform();
      if (call === 'list') listed.resolve();
      return result;
    });
    const counted: boolean[] = [];
    const onPublished = ({ isCounted }: PublicationReport) => void counted.push(isCounted);
    const reporting = { ...run, trigger: 'schedule', onPublished } as const;
    const delivered = runOn(slow, 24, 'http://127.0.0.1:9', { run: reporting }); // nothing responds there
    await listed.promise;
    const first = await runOn(store, 24, url, { run: reporting });
    firstEnded.resolve();
    const second = await delivered;
    expect(second.document).toEqual(first.document);
    expect(second.byOther).toBe(true);
    expect(await documentOf(store, run.runId)).toMatchObject({ status: 'published', commit: 1 });
    expect(counted.filter((isCounted) => isCounted)).toHaveLength(1);
  });

  test('creates one commit even if both deliveries run at once, and both return its result', async () => {
    const both = Promise.withResolvers<void>();
    const { url } = await serve(async (n) => {
      if (n === 2) both.resolve();
      await both.promise;
    });
    const folder = await newFolder();
    const taken = await Promise.all([
      runOn(new FolderStore(folder), 24, url, { run }),
      runOn(new FolderStore(folder), 24, url, { run }),
    ]);
    for (const { document } of taken) expect(document).toMatchObject({ status: 'published', commit: 1 });
    expect(await commitNumbers(new FolderStore(folder))).toEqual([1]);
    expect(await documentOf(new FolderStore(folder), run.runId)).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [] });
    expect(await stagings(folder)).toEqual([]);
  });
});
