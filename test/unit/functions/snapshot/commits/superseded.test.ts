import { describe, expect, test } from 'vitest';
import { commitNumbers } from '../../../../../functions/snapshot/commits/commit-log.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError, SupersededError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { dieAfterCommit, responseOnDay, runOn, serve, stagings, verifyOn } from '../../../../support/commit-runs.ts';
import { commitOf, documentOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** What a run does if another one commits first. */

describe('a run that another run overtakes', () => {
  test('is superseded without a request to Anodot if the newest commit is of a later day', async () => {
    const { url, askedForUsers } = await serve();
    const store = new FolderStore(await newFolder());
    await runOn(store, 25, url);
    const run = { runId: 'late', now: () => noon(25) };
    await expect(runOn(store, 24, url, { run })).rejects.toThrow(SupersededError);
    expect(askedForUsers()).toBe(1);
    expect(await documentOf(store, 'late')).toMatchObject({ status: 'superseded', code: 8 });
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test.each([
    ['of its day', 24],
    ['of a later day', 25],
  ])(
    'is superseded if a run %s commits while it downloads, leaving nothing staged and the other snapshot unchanged',
    async (_, day) => {
      const folder = await newFolder();
      const store = new FolderStore(folder);
      const { url } = await serve(async (n) => {
        if (n === 1) await runOn(new FolderStore(folder), day, url);
      });
      const run = { runId: 'slow', now: () => noon(25) };
      await expect(runOn(store, 24, url, { run })).rejects.toThrow(SupersededError);
      expect(await commitNumbers(store)).toEqual([1]);
      expect(await responseOnDay(store, day)).toBe(2);
      expect(await documentOf(store, 'slow')).toMatchObject({
        status: 'superseded',
        code: 8,
        raw_key: expect.any(String),
      });
      expect(await stagings(folder)).toEqual([]);
      expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
    },
  );

  test('finishes the commit of the other run if that run died', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const { url } = await serve(async (n) => {
      if (n === 1) await dieAfterCommit(folder, 24, url, 1);
    });
    await expect(runOn(store, 24, url)).rejects.toThrow(SupersededError);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
    expect(await stagings(folder)).toEqual([]);
  });

  test('starts over once, with a new response and a new attempt, if a run of an earlier day commits meanwhile', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const { url } = await serve(async (n) => {
      if (n === 1) await runOn(new FolderStore(folder), 24, url);
    });
    const executions = ['11111111', '22222222'];
    const run = { newExecution: () => executions.shift() ?? '33333333' };
    const { document } = await runOn(store, 25, url, { run });
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect(await commitOf(store, 2)).toMatchObject({ dt: dtOf(25), execution: '22222222' });
    expect([await responseOnDay(store, 24), await responseOnDay(store, 25)]).toEqual([2, 3]);
    expect(await stagings(folder)).toEqual([]);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('fails with exit code 7 and publishes nothing if that happens a second time', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const { url } = await serve(async (n) => {
      if (n === 1 || n === 3) await runOn(new FolderStore(folder), n === 1 ? 23 : 24, url);
    });
    const failed = runOn(store, 25, url, { run: { runId: 'unlucky' } });
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow('This run published nothing');
    expect(await documentOf(store, 'unlucky')).toMatchObject({ status: 'failed', code: 7 });
    expect(await commitNumbers(store)).toEqual([1, 2]);
    expect(await stagings(folder)).toEqual([]);
    expect(await store.list('users/')).not.toContain(KEYS.json(dtOf(25)));
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('does not commit if it began more than a day ago', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    let now = noon(24);
    const { url } = await serve(async () => {
      now = new Date(noon(25).getTime() + 1);
    });
    await expect(runOn(store, 24, url, { run: { now: () => now } })).rejects.toThrow('nothing was published');
    expect(await commitNumbers(store)).toEqual([]);
    expect(await stagings(folder)).toEqual([]);
  });
});
