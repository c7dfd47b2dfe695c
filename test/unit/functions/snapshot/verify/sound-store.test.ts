import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../support/clock.ts';
import { copyOf, remove, useFourCommits, verified } from '../../../../support/four-commits.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** What `verify` reports about a store that is sound, empty or unreadable. */

const stores = useFourCommits();

describe('a sound store', () => {
  test("is reported with each day's newest commit, no findings, and the hash to note elsewhere", async () => {
    const { four } = stores();
    expect(await verified(four)).toEqual({
      status: 'sound',
      code: 0,
      days: [
        { dt: dtOf(24), commit: 1, status: 'sound', users: 3 },
        { dt: dtOf(25), commit: 3, status: 'sound', users: 3 },
        { dt: dtOf(26), commit: 4, status: 'sound', users: 3 },
      ],
      missing_days: [],
      refused_days: [],
      nearest_days: [],
      findings: [],
      commits: 4,
      newest_commit: 4,
      newest_commit_sha256: sha256(await readFile(join(four, KEYS.commit(4)))),
      signatures: {
        checked_with: 'keys of the store',
        keys: [],
        unused_keys: 0,
        valid: [],
        invalid: [],
        unsigned: [{ first: 1, last: 4 }],
      },
    });
  });

  test('is not changed by being verified', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const before = await new FolderStore(folder).list('.');
    await verified(folder);
    expect(await new FolderStore(folder).list('.')).toEqual(before);
  });

  test('stays sound while runs of the day and of the next are in progress', async () => {
    const { four, runOn } = stores();
    const folder = await copyOf(four);
    let running = true;
    const runs = (async () => {
      for (const day of [26, 26, 27, 27, 28]) await runOn(folder, day);
    })().finally(() => {
      running = false;
    });
    const seen = new Set<string>();
    while (running) seen.add((await verified(folder, { today: dtOf(28) })).status);
    await runs;
    expect(seen).not.toContain('damaged');
    expect((await verified(folder, { today: dtOf(28) })).status).toBe('sound');
  });

  test('that cannot be read is a store error, not damage', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await remove(folder, KEYS.json(dtOf(25)));
    await mkdir(join(folder, KEYS.json(dtOf(25))));
    await expect(verified(folder)).rejects.toThrow(StoreError);
  });
});

describe('a store without snapshots', () => {
  test('has nothing to verify, whether its folder is empty or missing', async () => {
    const folder = await newFolder();
    for (const place of [folder, join(folder, 'absent')]) {
      expect(await verified(place)).toEqual({
        status: 'nothing',
        code: 11,
        days: [],
        missing_days: [],
        refused_days: [],
        nearest_days: [],
        findings: [],
        commits: 0,
        newest_commit: null,
        newest_commit_sha256: null,
        signatures: {
          checked_with: 'keys of the store',
          keys: [],
          unused_keys: 0,
          valid: [],
          invalid: [],
          unsigned: [],
        },
      });
    }
  });

  test('is damaged if a commit was expected', async () => {
    expect(await verified(await newFolder(), { expect: 'a'.repeat(64) })).toMatchObject({ status: 'damaged', code: 9 });
  });
});
