import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { codeOfDay, VERIFY_CODES, type VerifyOptions } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { dieAfterCommit } from '../../../../support/commit-runs.ts';
import { copyOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { commitOf, documentOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** With `failOnMissing` a store is incomplete if a day is missing or was refused. */

const stores = useFourCommits();
const strict = (folder: string, day: number, options: Partial<VerifyOptions> = {}) =>
  verified(folder, { today: dtOf(day), failOnMissing: true, ...options });

async function refuse(folder: string, day: number): Promise<void> {
  const store = new FolderStore(folder);
  const { commit: _, commit_sha256: __, ...document } = await documentOf(store, (await commitOf(store, 1)).run_id);
  const refused = { ...document, run_id: `refused-${day}`, status: 'refused', dt: dtOf(day) };
  await write(folder, KEYS.run(refused.run_id), documentBytes(refused));
}

describe('a store is incomplete', () => {
  test('if a day between the first snapshot and yesterday has no snapshot', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 28);
    expect(await strict(folder, 28)).toMatchObject({
      status: 'incomplete',
      code: 12,
      missing_days: [dtOf(26), dtOf(27)],
      findings: [],
    });
    expect(await verified(folder, { today: dtOf(28) })).toMatchObject({ status: 'sound', code: 0 });
    expect((await verified(folder, { today: dtOf(28), failOnMissing: false })).code).toBe(0);
  });

  test('if yesterday has no snapshot, but not if today has none yet', async () => {
    const { four } = stores();
    expect((await strict(four, 26)).code).toBe(0);
    expect((await strict(four, 27)).code).toBe(0);
    expect((await strict(four, 28)).code).toBe(12);
  });

  test('if a day was refused, today included', async () => {
    const folder = await copyOf(stores().four);
    await refuse(folder, 27);
    expect(await strict(folder, 27)).toMatchObject({ code: 12, missing_days: [], refused_days: [dtOf(27)] });
    expect((await strict(folder, 27, { since: dtOf(27) })).code).toBe(12);
    expect((await strict(folder, 27, { since: dtOf(28) })).code).toBe(0);
  });

  test('only if that day is on or after the since option', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 28);
    expect((await strict(folder, 28, { since: dtOf(26) })).code).toBe(12);
    expect((await strict(folder, 28, { since: dtOf(27) })).code).toBe(12);
    const none = await strict(folder, 28, { since: dtOf(28) });
    expect(none).toMatchObject({ status: 'sound', code: 0, missing_days: [dtOf(26), dtOf(27)] });
    expect((await verified(folder, { today: dtOf(28), since: dtOf(26) })).code).toBe(0);
  });
});

describe('a missing day matters less', () => {
  test('than damage', async () => {
    const folder = await copyOf(stores().four);
    await write(folder, KEYS.json(dtOf(24)), 'x');
    expect(await strict(folder, 40)).toMatchObject({ status: 'damaged', code: 9 });
  });

  test('than an interrupted commit', async () => {
    const { four, server } = stores();
    const folder = await copyOf(four);
    await dieAfterCommit(folder, 27, server.url);
    expect(await strict(folder, 40)).toMatchObject({ status: 'interrupted', code: 10 });
  });

  test('than having nothing to verify', async () => {
    const folder = await copyOf(stores().four);
    expect(await strict(folder, 40, { dt: dtOf(30) })).toMatchObject({
      status: 'nothing',
      code: 11,
      missing_days: [dtOf(30)],
    });
    expect(await strict(folder, 40, { dt: dtOf(24) })).toMatchObject({ status: 'sound', code: 0, missing_days: [] });
    const empty = await newFolder();
    expect((await strict(empty, 40)).code).toBe(11);
    await remove(folder, 'commits');
    expect((await strict(folder, 40)).code).toBe(9);
  });
});

test('the codes of verify are 0, 9, 10, 11 and 12, and a day that expired or was removed counts as sound', () => {
  expect(VERIFY_CODES).toEqual({ sound: 0, damaged: 9, interrupted: 10, nothing: 11, incomplete: 12 });
  const days = ['sound', 'damaged', 'interrupted', 'expired', 'expiring', 'removed', undefined] as const;
  expect(days.map(codeOfDay)).toEqual([0, 9, 10, 0, 0, 0, 11]);
});
