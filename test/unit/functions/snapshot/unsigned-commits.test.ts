import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Signer } from '../../../../functions/snapshot/commits/signer.ts';
import { COMMITS_FOLDER, KEYS } from '../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import type { PublicationReport } from '../../../../functions/snapshot/publication-report.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import { dieAfterCommit, finishedOn, runOn, serve } from '../../../support/commit-runs.ts';
import { shown } from '../../../support/fault-table.ts';
import { watched } from '../../../support/store-doubles.ts';
import { commitOf } from '../../../support/stored-commits.ts';
import { newFolder } from '../../../support/take.ts';
import { newSigner, signaturesIn } from '../../../support/test-signer.ts';

/** What a run reports of the signatures of commits that other runs made. */

const signer = newSigner();

describe("another run's commit", () => {
  const UNSIGNED = [
    ['unsigned, later than a signed one', signer, undefined, true],
    ['unsigned, earlier than all signed ones', undefined, undefined, null],
    ['signed', signer, newSigner(), false],
  ] as const;

  /** A day that was published and reported, with or without a signature. */
  async function afterOneDay(before: Signer | undefined) {
    const { url } = await serve();
    const folder = await newFolder();
    const store = new FolderStore(folder);
    await runOn(store, 23, url, { run: { signer: before, trigger: 'schedule' } });
    const reports: PublicationReport[] = [];
    const onPublished = (report: PublicationReport) => reports.push(report);
    return { url, folder, store, reports, run: { signer, onPublished, trigger: 'schedule' } as const };
  }

  test.each(UNSIGNED)(
    'that is %s stays so when a run with a signer finishes it',
    async (_, before, own, isUnsigned) => {
      const { url, folder, store, reports, run } = await afterOneDay(before);
      await dieAfterCommit(folder, 24, url, 1, { signer: own, trigger: 'schedule' });
      const signatures = await signaturesIn(store);
      await runOn(store, 25, url, { run });
      const later = KEYS.signature(3, (await commitOf(store, 3)).execution);
      expect([await finishedOn(store, 24), await signaturesIn(store)]).toEqual([2, [...signatures, later]]);
      expect(reports.map((report) => [report.manifest.commit, report.isUnsigned])).toEqual([
        [2, isUnsigned],
        [3, false],
      ]);
    },
  );

  test.each(UNSIGNED)(
    'that a terminal left %s is reported as such by the run after it',
    async (_, before, own, isUnsigned) => {
      const { url, store, reports, run } = await afterOneDay(before);
      await runOn(store, 24, url, { run: { signer: own } });
      await runOn(store, 25, url, { run });
      expect(reports.map((report) => [report.manifest.commit, report.isCounted, report.isUnsigned])).toEqual([
        [2, false, isUnsigned],
        [3, true, false],
      ]);
    },
  );

  test('is not unsigned if the installation did not sign yet, which one listing shows for any number of commits', async () => {
    const { url } = await serve();
    const calls = async (later: Signer | undefined) => {
      const folder = new FolderStore(await newFolder());
      for (const day of [20, 21, 22, 23]) await runOn(folder, day, url);
      const made: string[] = [];
      const store = watched(folder, (call, perform, key) => {
        if (key === COMMITS_FOLDER || key.endsWith('.sig')) made.push(call);
        return perform();
      });
      const reports: PublicationReport[] = [];
      const onPublished = (report: PublicationReport) => reports.push(report);
      await runOn(store, 25, url, { run: { signer: later, onPublished, trigger: 'schedule' } });
      expect(reports.map(({ manifest, isUnsigned }) => [manifest.commit, isUnsigned])).toEqual([
        ...[4, 3, 2, 1].map((commit) => [commit, null]),
        [5, later ? false : null],
      ]);
      return made;
    };
    expect((await calls(signer)).sort()).toEqual(['create', 'list', ...(await calls(undefined))].sort());
    shown('F31a', 'signing is turned on after four snapshots from a terminal', 'none of them is reported as unsigned');
  });

  test.each([
    ["whose signature can't be read", (call: string, key: string) => call === 'read' && key.endsWith('.sig')],
    ["when signatures can't be listed", (call: string, _: string, lists: number) => call === 'list' && lists === 2],
  ])('%s counts as unsigned, and does not stop the run', async (what, fails) => {
    const { url } = await serve();
    const folder = await newFolder();
    await dieAfterCommit(folder, 24, url, 1, { signer, trigger: 'schedule' });
    let lists = 0;
    const store = watched(new FolderStore(folder), (call, perform, key) => {
      if (call === 'list' && key === COMMITS_FOLDER) lists++;
      if (fails(call, key, lists)) throw new StoreError('access denied');
      return perform();
    });
    const reports: PublicationReport[] = [];
    const warnings: string[] = [];
    const onPublished = (report: PublicationReport) => reports.push(report);
    await runOn(store, 25, url, { run: { signer, onPublished, trigger: 'schedule' }, warnings });
    expect(reports.map((report) => [report.manifest.commit, report.isUnsigned])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(warnings).toEqual(["commit 1 counts as unsigned, because its signature can't be read: access denied"]);
    shown('F31a', `another run's commit, ${what}`, 'the run publishes, and reports that commit as unsigned');
  });

  test('that is unsigned and unreported is still reported if a terminal replaces its snapshot, but nothing else of it is', async () => {
    const { url, folder, store, reports, run } = await afterOneDay(signer);
    await dieAfterCommit(folder, 24, url, 1, { trigger: 'schedule' });
    for (let replaced = 0; replaced < 2; replaced++) await runOn(store, 24, url, { run: { othersHaveAlarms: true } });
    await runOn(store, 25, url, { run });
    expect(reports.map((report) => [report.manifest.commit, report.isUnsigned, report.newChanges !== null])).toEqual([
      [3, true, false],
      [4, true, true],
      [2, true, false],
      [5, false, true],
    ]);
    for (const report of reports.filter(({ newChanges }) => newChanges === null))
      expect(report).toMatchObject({
        isCounted: false,
        before: null,
        missingDays: 0,
        newDrift: {},
        groupsFailed: false,
      });
    shown(
      'F31a',
      'terminals replace an unsigned and unreported snapshot twice on its day',
      'each is reported as unsigned, and the changes of the day once',
    );
  });

  test.each([
    ['does not sign', undefined],
    ['did not sign yet', signer],
  ])('is not kept when a terminal replaces its snapshot if the installation %s', async (_, later) => {
    const { url, folder, store, reports, run } = await afterOneDay(undefined);
    await dieAfterCommit(folder, 24, url, 1, { trigger: 'schedule' });
    for (let replaced = 0; replaced < 3; replaced++) await runOn(store, 24, url, { run: { othersHaveAlarms: true } });
    expect((await readdir(join(folder, 'runs'))).filter((name) => name.startsWith('.'))).toEqual([]);
    await runOn(store, 25, url, { run: { ...run, signer: later } });
    expect(reports.map(({ manifest, isUnsigned }) => [manifest.commit, isUnsigned])).toEqual([
      [5, null],
      [6, later ? false : null],
    ]);
  });

  test('is not looked at by a run without a signer', async () => {
    const { url } = await serve();
    const store = new FolderStore(await newFolder());
    const reports: PublicationReport[] = [];
    const onPublished = (report: PublicationReport) => reports.push(report);
    await runOn(store, 24, url, { run: { signer } });
    await runOn(store, 25, url, { run: { onPublished, trigger: 'schedule' } });
    expect(reports.map(({ isUnsigned }) => isUnsigned)).toEqual([null, null]);
  });
});
