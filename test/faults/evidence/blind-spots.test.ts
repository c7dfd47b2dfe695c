import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import type { Verification } from '../../../functions/snapshot/verify/verify.ts';
import { shown } from '../../support/fault-table.ts';
import { rehash } from '../../support/rehash.ts';
import {
  COMMITS,
  commitKey,
  copyOf,
  DAYS,
  dtOf,
  REFUSED,
  TODAY,
  useTwentyDays,
  verified,
} from '../../support/twenty-days.ts';

/** What docs/evidence.md says `verify` can't detect, and whether a hash noted elsewhere reveals it. */

const twentyDays = useTwentyDays();
const KINDS = ['json', 'csv', 'changes', 'groups', 'manifest'] as const;

interface Judged {
  readonly alone: Verification;
  /** With the hash that the newest run printed. */
  readonly withHash: Verification;
}

async function judge(place: string): Promise<Judged> {
  const { noted } = twentyDays();
  return { alone: await verified(place), withHash: await verified(place, { expect: noted.at(-1) ?? '' }) };
}

const codesOf = ({ alone, withHash }: Judged): string =>
  `exit ${alone.code}; with the newest hash, exit ${withHash.code}`;

const documentOf = async (place: string, number: number): Promise<string> =>
  `runs/${JSON.parse(await readFile(join(place, commitKey(number)), 'utf8')).run_id}.json`;

/** Removes the newest two commits, and everything that they published. */
async function cut(place: string): Promise<void> {
  for (const number of [COMMITS, COMMITS - 1]) {
    const { dt } = JSON.parse(await readFile(join(place, commitKey(number)), 'utf8'));
    for (const kind of KINDS) await rm(join(place, KEYS[kind](dt)));
    await rm(join(place, commitKey(number)));
  }
}

test('newest commits that were removed are found by their run documents, or without them by a hash', async () => {
  const { folder } = twentyDays();
  for (const number of [COMMITS, COMMITS - 1]) {
    const kept = await copyOf(folder);
    const document = await documentOf(kept, number);
    const other = await documentOf(kept, number === COMMITS ? COMMITS - 1 : COMMITS);
    await cut(kept);
    await rm(join(kept, other));
    const { alone } = await judge(kept);
    expect(alone.findings.filter(({ level }) => level === 'damaged')).toEqual([
      {
        level: 'damaged',
        key: commitKey(number),
        message: `is missing, though ${document} says that it was published`,
      },
    ]);
  }
  const copy = await copyOf(folder);
  await cut(copy);
  await rm(join(copy, 'runs'), { recursive: true });
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([0, 9]);
  shown('C6', 'the newest two commits are deleted with their objects and with runs/', codesOf(judged));
});

test('run documents edited to say failed hide the removal of their commits, but a hash reveals it', async () => {
  const copy = await copyOf(twentyDays().folder);
  for (const number of [COMMITS, COMMITS - 1]) {
    const path = join(copy, await documentOf(copy, number));
    const { commit: _, commit_sha256: __, ...document } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...document, status: 'failed', code: 4 }));
  }
  await cut(copy);
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([0, 9]);
  shown('C6', 'the newest two commits are deleted, and their run documents edited to say failed', codesOf(judged));
});

test('a store of which everything was removed has nothing to verify, but is damaged if a hash is expected', async () => {
  const { folder } = twentyDays();
  const copy = await copyOf(folder);
  for (const top of ['commits', 'manifests', 'users', 'changes', 'groups', 'runs', 'raw'])
    await rm(join(copy, top), { recursive: true });
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([11, 9]);
  shown('C6', 'everything is deleted, runs/ included', codesOf(judged));
});

test('run documents and raw responses that were removed are not reported, and a refused day then counts as missing', async () => {
  const copy = await copyOf(twentyDays().folder);
  for (const top of ['runs', 'raw']) await rm(join(copy, top), { recursive: true });
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([0, 0]);
  expect(judged.alone).toMatchObject({ refused_days: [], missing_days: expect.arrayContaining([REFUSED]) });
});

test('an edit of the newest commit, in a field that only its run document confirms, is not found without that document', async () => {
  const copy = await copyOf(twentyDays().folder);
  await rm(join(copy, await documentOf(copy, COMMITS)));
  await rehash(copy, (commit) => (commit.commit === COMMITS ? { ...commit, execution: '0123abcd' } : commit));
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([0, 9]);
  shown('C44', 'the attempt in the newest commit is edited, and its run document deleted', codesOf(judged));
});

test('the oldest days look expired if they were removed, but are damaged if the retention is given', async () => {
  const copy = await copyOf(twentyDays().folder);
  for (const { dt } of DAYS.slice(0, 21))
    for (const kind of ['json', 'csv', 'changes', 'groups'] as const)
      await rm(join(copy, KEYS[kind](dt)), { force: true });
  const judged = await judge(copy);
  expect([judged.alone.code, judged.withHash.code]).toEqual([0, 0]);
  const kept = await verified(copy, { keptDays: 400 });
  expect(kept.code).toBe(9);
  shown('C7', 'all days except the last two are gone', `${codesOf(judged)}; with --kept-days 400, exit ${kept.code}`);
});

test('a day removed from the middle is damaged unless it is named as removed', async () => {
  const { folder } = twentyDays();
  const copy = await copyOf(folder);
  for (const kind of ['json', 'csv', 'changes', 'groups'] as const) await rm(join(copy, KEYS[kind](dtOf(14))));
  expect(await verified(copy)).toMatchObject({ status: 'damaged', code: 9 });
  const accepted = await verified(copy, { removed: [dtOf(14)] });
  expect(accepted).toMatchObject({ status: 'sound', code: 0 });
  expect(accepted.days.find(({ dt }) => dt === dtOf(14))?.status).toBe('removed');
  expect((await verified(copy, { removed: [TODAY] })).code).toBe(9);
});
