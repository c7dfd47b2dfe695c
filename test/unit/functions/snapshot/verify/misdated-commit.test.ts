import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Verification } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import { copyOf, keysOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { bogusCommit, rehash } from '../../../../support/rehash.ts';
import { commitOf, sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** A commit whose date no run can have given it is damaged, and the honest ones around it are not. */

const stores = useFourCommits();
const said = ({ findings }: Verification) => findings.map(({ level, key, message }) => `${level}: ${key} ${message}`);

/** A chain of commits with valid hashes on 24, 25 and 26 February, of which the second is bogus. */
async function withBogus(dt: string, committedAt = `${dt}T12:00:00.000Z`): Promise<string> {
  const { runOn } = stores();
  const folder = await newFolder();
  await runOn(folder, 24);
  await write(folder, KEYS.commit(2), documentBytes(bogusCommit(2, dtOf(24))));
  for (const day of [25, 26]) await runOn(folder, day);
  const { objects } = bogusCommit(2, dt);
  await rehash(folder, (commit) =>
    commit.commit === 2 ? { ...commit, dt, committed_at: committedAt, objects } : commit,
  );
  return folder;
}

describe('a commit', () => {
  test.each([
    ['of the distant future', '9999-12-31', undefined, 'is dated in the future, 9999-12-31'],
    ['of tomorrow', dtOf(27), undefined, 'is dated in the future, 2020-02-27'],
    [
      'of today that was committed tomorrow',
      dtOf(26),
      '2020-02-27T00:00:00.000Z',
      'is dated in the future, 2020-02-26',
    ],
    ['of a day after the next commit', dtOf(26), undefined, `is dated after ${KEYS.commit(3)}, a later commit`],
    [
      'of another day than it was committed on',
      dtOf(24),
      '2020-02-26T00:00:00.000Z',
      'is dated 2020-02-24, but was committed at 2020-02-26T00:00:00.000Z',
    ],
    ['of 1970', '1970-01-01', undefined, 'is dated 1970-01-01, before there was anything to snapshot'],
  ])('%s is damaged, but no other commit or day is', async (what, dt, committedAt, message) => {
    const verification = await verified(await withBogus(dt, committedAt));
    expect(verification).toMatchObject({ status: 'damaged', code: 9, missing_days: [], commits: 4, newest_commit: 4 });
    expect(verification.findings).toEqual([{ level: 'damaged', key: KEYS.commit(2), message }]);
    expect(verification.days.map((day) => [day.dt, day.commit, day.status])).toEqual([
      [dtOf(24), 1, 'sound'],
      [dtOf(25), 3, 'sound'],
      [dtOf(26), 4, 'sound'],
    ]);
    shown(
      'C8',
      `a commit ${what}`,
      `exit ${verification.code}: ${said(verification)[0]}`,
      'the commits after it were reported',
    );
  });

  test('of an earlier day than the commit before it is damaged, even in a chain with valid hashes', async () => {
    const { runOn } = stores();
    const folder = await newFolder();
    for (const day of [24, 25]) await runOn(folder, day);
    await write(folder, KEYS.commit(3), documentBytes(bogusCommit(3, dtOf(25))));
    await runOn(folder, 26);
    const objects = bogusCommit(3, dtOf(23)).objects;
    const at = { dt: dtOf(23), committed_at: '2020-02-23T12:00:00.000Z', objects };
    await rehash(folder, (commit) => (commit.commit === 3 ? { ...commit, ...at } : commit));
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', missing_days: [], newest_commit: 4 });
    expect(verification.days.map(({ commit }) => commit)).toEqual([1, 2, 4]);
    expect(verification.findings).toEqual([
      { level: 'damaged', key: KEYS.commit(3), message: 'is dated before the previous commit' },
    ]);
    shown(
      'C46',
      'the dates of a chain with valid hashes go back',
      `exit ${verification.code}: ${said(verification)[0]}`,
    );
  });

  test('of the future that is the newest leaves its objects without a sound commit', async () => {
    const { four, runOn } = stores();
    const folder = await copyOf(four);
    await runOn(folder, 27);
    const verification = await verified(folder);
    const keys = [KEYS.csv, KEYS.json, KEYS.changes, KEYS.groups, KEYS.manifest].map((key) => key(dtOf(27)));
    expect(keysOf(verification).filter((key) => !key.startsWith('runs/'))).toEqual([KEYS.commit(5), ...keys]);
    expect(verification.findings.slice(2)).toEqual(
      keys.map((key) => ({ level: 'damaged', key, message: 'is untracked: no sound commit names it' })),
    );
    expect(await verified(folder, { latest: dtOf(27) })).toMatchObject({
      status: 'sound',
      findings: [],
      missing_days: [],
    });
  });

  test('that names no manifest is damaged, and the other days are sound', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const before = sha256(await readFile(join(folder, KEYS.commit(4))));
    await write(
      folder,
      KEYS.commit(5),
      documentBytes(bogusCommit(5, dtOf(26), { previous_commit_sha256: before, objects: [] })),
    );
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, missing_days: [] });
    expect(verification.findings).toEqual([
      {
        level: 'damaged',
        key: KEYS.commit(5),
        message: 'is not a valid commit of this number, or was changed after it was written',
      },
    ]);
    expect(verification.days.map(({ status }) => status)).toEqual(['sound', 'sound', 'sound']);
    shown(
      'C8',
      'a commit without a manifest',
      `exit ${verification.code}: ${said(verification)[0]}`,
      'every run ends with 8',
    );
  });

  test.each(['json', 'changes'] as const)('that names no %s is damaged, as every run has it', async (kind) => {
    const { four } = stores();
    const folder = await copyOf(four);
    await rehash(folder, (commit) =>
      commit.commit === 4 ? { ...commit, objects: commit.objects.filter((object) => object.kind !== kind) } : commit,
    );
    expect(said(await verified(folder))).toContain(`damaged: ${KEYS.commit(4)} doesn't name ${KEYS[kind](dtOf(26))}`);
  });
});

describe('the report on a broken chain', () => {
  test.each([
    [[2], `damaged: ${KEYS.commit(2)} is missing, though a later commit exists`],
    [[2, 3], `damaged: ${KEYS.commit(2)} is missing, the first of 2 in a row, though a later commit exists`],
    [[1, 2, 3], `damaged: ${KEYS.commit(1)} is missing, the first of 3 in a row, though a later commit exists`],
  ])('names the first of the missing commits %j and how many are missing in a row', async (numbers, finding) => {
    const { four } = stores();
    const folder = await copyOf(four);
    for (const number of numbers) await remove(folder, KEYS.commit(number));
    await remove(folder, 'runs');
    const lines = said(await verified(folder)).filter((line) => line.includes('commits/'));
    expect(lines).toEqual([finding]);
    if (numbers.length === 2) shown('C46', 'two commits of four and runs/ are missing', lines.join('; '));
  });

  test('names the commit before an edited one, or the first commit itself if it claims a predecessor', async () => {
    const { four } = stores();
    for (const [number, named] of [
      [1, 1],
      [2, 1],
      [4, 3],
    ] as const) {
      const folder = await copyOf(four);
      await remove(folder, 'runs');
      const before = await commitOf(new FolderStore(folder), number);
      const edited = documentBytes({ ...before, previous_commit_sha256: 'a'.repeat(64) });
      await write(folder, KEYS.commit(number), edited);
      expect(said(await verified(folder))[0]).toBe(
        `damaged: ${KEYS.commit(named)} does not match the hash in ${KEYS.commit(number)}: one of the two was edited`,
      );
    }
  });
});
