import { rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { CredentialsError, SupersededError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { dieAfterCommit, finishedOn, runOn, serve, stagedPath, verifyOn } from '../../../../support/commit-runs.ts';
import { commitOf, documentOf, objectOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** What a run that died leaves behind, and how the next run finishes it. */

describe('a commit whose run died', () => {
  test("is finished by the day's next run before it reads the token, and keeps its place in the chain", async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    expect(await finishedOn(store, 24)).toBeUndefined();
    let finishedBefore: number | undefined;
    const readToken = async () => {
      finishedBefore = await finishedOn(store, 24);
      return 'a.b.c';
    };
    const { document } = await runOn(store, 24, url, { readToken });
    expect(finishedBefore).toBe(1);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect(await finishedOn(store, 24)).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is finished by the next run of another day', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url, 1);
    const { document } = await runOn(store, 26, url);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect([await finishedOn(store, 24), await finishedOn(store, 26)]).toEqual([1, 2]);
    expect(await verifyOn(store, 26)).toMatchObject({ status: 'sound', findings: [], missing_days: [dtOf(25)] });
  });

  test('is finished by a run without a valid token', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    await dieAfterCommit(folder, 24, url);
    const readToken = () => Promise.reject(new CredentialsError('no token'));
    await expect(runOn(new FolderStore(folder), 25, url, { readToken })).rejects.toThrow(CredentialsError);
    expect(await verifyOn(new FolderStore(folder), 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is finished by a run of an earlier day, which is then superseded', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    await dieAfterCommit(folder, 24, url);
    const run = { now: () => noon(24) };
    await expect(runOn(new FolderStore(folder), 23, url, { run })).rejects.toThrow(SupersededError);
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is finished by its redelivered event, which returns its result', async () => {
    const folder = await newFolder();
    const { url, askedForUsers } = await serve();
    const run = { runId: '20200224T120000Z-schedule' };
    await dieAfterCommit(folder, 24, url, 2, run);
    expect((await documentOf(new FolderStore(folder), run.runId)).status).toBe('running');
    const { document, manifest } = await runOn(new FolderStore(folder), 24, url, { run });
    expect(document).toMatchObject({ status: 'published', commit: 1, code: 0 });
    expect(manifest?.commit).toBe(1);
    expect(askedForUsers()).toBe(1);
    expect(await documentOf(new FolderStore(folder), run.runId)).toEqual(document);
  });

  test("that has also lost an object is reported and replaced by the day's next run", async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    await rm(stagedPath(folder, objectOf(await commitOf(store, 1), 'csv')));
    const warnings: string[] = [];
    const { document } = await runOn(store, 24, url, { warnings });
    expect(document.commit).toBe(2);
    expect(warnings).toContain(`commit 1 can't be finished: ${KEYS.csv(dtOf(24))} is damaged or lost. Run verify`);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('that has also lost an object does not block runs of other days, and verify keeps reporting it', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    await rm(stagedPath(folder, objectOf(await commitOf(store, 1), 'json')));
    const warnings: string[] = [];
    for (const day of [25, 26]) await runOn(store, day, url, { warnings });
    expect(warnings.filter((warning) => warning.startsWith("commit 1 can't be finished"))).toHaveLength(1);
    const { status, days, findings } = await verifyOn(store, 26);
    expect(status).toBe('damaged');
    expect(days.map(({ status: ofDay }) => ofDay)).toEqual(['damaged', 'sound', 'sound']);
    expect(findings.filter(({ level }) => level === 'damaged').map(({ key }) => key)).toEqual([KEYS.json(dtOf(24))]);
  });
});

describe('an object that a dead run staged', () => {
  test('is removed after seven days unless the newest commit names it', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    const commit = await commitOf(store, 1);
    await rm(stagedPath(folder, objectOf(commit, 'json')));
    const staging = await store.stage(KEYS.json(dtOf(24)), '0123abcd');
    const forgotten: StoredObject = { kind: 'json', key: KEYS.json(dtOf(24)), ...(await staging.close()) };
    for (const object of [forgotten, objectOf(commit, 'manifest')]) {
      const sevenDaysAgo = new Date(noon(24).getTime() - 7 * DAY_MILLISECONDS - 1);
      await utimes(dirname(stagedPath(folder, object)), sevenDaysAgo, sevenDaysAgo);
    }
    const readToken = () => Promise.reject(new CredentialsError('no token'));
    await expect(runOn(store, 24, url, { readToken })).rejects.toThrow(CredentialsError);
    expect(await store.isStaged(forgotten)).toBe(false);
    expect(await store.isStaged(objectOf(commit, 'manifest'))).toBe(true);
  });
});
