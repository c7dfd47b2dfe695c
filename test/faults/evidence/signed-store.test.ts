import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Commit } from '../../../functions/snapshot/commits/commit.ts';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import type { Verification, VerifyOptions } from '../../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../../support/anodot/server.ts';
import { runAt } from '../../support/clock.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { rehash } from '../../support/rehash.ts';
import { rewriteFrom } from '../../support/rewritten-chain.ts';
import { commitBytes, newKey, signatureKey, signCommits, storeKey } from '../../support/signed-store.ts';
import { commitOf } from '../../support/stored-commits.ts';
import { newFolder, take } from '../../support/take.ts';
import {
  COMMITS,
  commitKey,
  copyOf,
  damagedKeys,
  TODAY,
  usersAt,
  useTwentyDays,
  verified,
} from '../../support/twenty-days.ts';

/** Attacks on a store whose commits are signed, by someone who can write to it but not sign, and which check finds each. */

const twentyDays = useTwentyDays();
const key = newKey();
const attacker = newKey();
let signed = '';

beforeAll(async () => {
  signed = await copyOf(twentyDays().folder);
  await signCommits(signed, key);
});

/** What each check reports. `noted` is the hash of the newest commit before the attack. */
interface Judged {
  readonly alone: Verification;
  readonly withKey: Verification;
  readonly fromOne: Verification;
  readonly noted: Verification;
}

const CHECKS = {
  alone: 'without options',
  withKey: 'with --key',
  fromOne: 'with --key and --signed-from',
  noted: 'with --expect',
} as const;

async function judge(place: string): Promise<Judged> {
  const keys = [key.fingerprint];
  const on = (options: Partial<VerifyOptions> = {}) => verified(place, options);
  return {
    alone: await on(),
    withKey: await on({ keys }),
    fromOne: await on({ keys, signedFrom: 1 }),
    noted: await on({ expect: twentyDays().noted.at(-1) ?? '' }),
  };
}

/** Exit codes alone, with the key, with `--signed-from`, and with a noted hash. */
const codesOf = ({ alone, withKey, fromOne, noted }: Judged) => [alone.code, withKey.code, fromOne.code, noted.code];

function record(done: string, judged: Judged): void {
  const by = (Object.keys(CHECKS) as (keyof Judged)[]).map((check) => `${CHECKS[check]}, exit ${judged[check].code}`);
  shown('C50', done, by.join('; '));
}

const signatureOf = (number: number): Promise<string> => signatureKey(signed, number);

describe('a signed store', () => {
  test('is sound by every check before any attack', async () => {
    const judged = await judge(signed);
    expect(codesOf(judged)).toEqual([0, 0, 0, 0]);
    expect(judged.fromOne.signatures.keys).toEqual([{ fingerprint: key.fingerprint, commits: COMMITS }]);
  });
});

test('snapshot reads itself back from a store whose earlier commits are signed, without a warning', async () => {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const snapshot = () => runCommand(['snapshot', '--store', folder, '--format', 'json'], { cwd: folder });
  expect((await snapshot()).code).toBe(0);
  await signCommits(folder, key);
  const { code, out, err } = await snapshot();
  expect([code, JSON.parse(out).verified]).toEqual([0, true]);
  expect(err).not.toMatch(/damaged|interrupted|signed/);
});

describe('a signed store rebuilt from commit 12 on, with consistent hashes and run documents', () => {
  const rewritten = Array.from({ length: COMMITS - 11 }, (_, i) => 12 + i);

  async function rebuilt(): Promise<string> {
    const copy = await copyOf(signed);
    await rewriteFrom(copy, 12);
    return copy;
  }

  test('is found by its old signatures, without a key', async () => {
    const judged = await judge(await rebuilt());
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    expect(damagedKeys(judged.alone)).toEqual([await signatureOf(12)]);
    expect(judged.alone.signatures.invalid).toEqual([{ first: 12, last: COMMITS }]);
    record('commits rebuilt from 12 on, with their old signatures', judged);
  });

  test('and without its signatures is found only by --signed-from or a noted hash; the rest is a note', async () => {
    const copy = await rebuilt();
    for (const number of rewritten) await rm(join(copy, await signatureKey(copy, number)));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 0, 9, 9]);
    expect(damagedKeys(judged.fromOne)).toEqual([commitKey(12)]);
    for (const { findings } of [judged.alone, judged.withKey])
      expect(findings).toContainEqual({
        level: 'note',
        key: commitKey(12),
        message: 'is not signed, the first of 13 in a row',
      });
    record('commits rebuilt from 12 on, and their signatures deleted', judged);
  });

  test("and signed with the attacker's own key, added to keys/, is found with --key, but not with the store's keys", async () => {
    const copy = await rebuilt();
    await signCommits(copy, attacker, rewritten);
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 9, 9, 9]);
    expect(judged.withKey.findings).toContainEqual({
      level: 'damaged',
      key: await signatureOf(12),
      message: `was made with the key ${attacker.fingerprint}, which was not given, the first of 13 in a row`,
    });
    expect(judged.alone.signatures).toMatchObject({
      checked_with: 'keys of the store',
      keys: expect.arrayContaining([{ fingerprint: attacker.fingerprint, commits: 13 }]),
    });
    record('commits rebuilt from 12 on, and signed with another key that was added to keys/', judged);
  });

  test('from its start, without signatures or keys, is found with --key; without options it looks like a store that never signed', async () => {
    const copy = await copyOf(signed);
    await rewriteFrom(copy, 1);
    await rm(join(copy, 'keys'), { recursive: true });
    for (const name of await readdir(join(copy, 'commits')))
      if (name.endsWith('.sig')) await rm(join(copy, 'commits', name));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 9, 9, 9]);
    expect(damagedKeys(judged.withKey)).toEqual([KEYS.publicKey(key.fingerprint)]);
    await storeKey(copy, key);
    expect((await verified(copy, { keys: [key.fingerprint] })).findings).toContainEqual({
      level: 'damaged',
      key: KEYS.publicKey(key.fingerprint),
      message: 'was given, but no commit is signed',
    });
    record('all commits rebuilt, and keys/ and all signatures deleted', judged);
  });
});

describe('the newest commits of a signed store', () => {
  async function cut(): Promise<string> {
    const copy = await copyOf(signed);
    for (const number of [COMMITS, COMMITS - 1]) {
      const { dt, run_id } = await commitOf(new FolderStore(copy), number);
      await rm(join(copy, await signatureKey(copy, number)));
      for (const kind of ['json', 'csv', 'changes', 'groups', 'manifest'] as const)
        await rm(join(copy, KEYS[kind](dt)));
      await rm(join(copy, KEYS.run(run_id)));
      await rm(join(copy, commitKey(number)));
    }
    return copy;
  }

  test('are not missed by their signatures if they were removed with everything else, but by a noted hash', async () => {
    const copy = await cut();
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 0, 0, 9]);
    expect(await verified(copy, { signedFrom: COMMITS - 2 })).toMatchObject({ code: 0 });
    expect(damagedKeys(await verified(copy, { signedFrom: COMMITS - 1 }))).toEqual([commitKey(COMMITS - 1)]);
    record('the newest two commits removed with their objects, signatures and run documents', judged);
  });

  test('can be published again by a run that does not sign, which --signed-from finds', async () => {
    const copy = await cut();
    const now = new Date(`${TODAY}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(usersAt(1, 1), 200, { date: now.toUTCString() }) });
    onTestFinished(() => server.close());
    await take({ url: server.url, store: new FolderStore(copy), run: runAt(now) });
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 0, 9, 9]);
    expect(damagedKeys(judged.fromOne)).toEqual([commitKey(COMMITS - 1)]);
    record('the newest two commits removed, and a run published without a signature', judged);
  });
});

describe('a signature', () => {
  test("exchanged with another commit's is found", async () => {
    const copy = await copyOf(signed);
    const [five, nine] = [await signatureOf(5), await signatureOf(9)];
    await cp(join(signed, five), join(copy, nine));
    await cp(join(signed, nine), join(copy, five));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    for (const verification of Object.values(judged)) expect(damagedKeys(verification)).toEqual([five, nine]);
    record('the signatures of two commits exchanged', judged);
  });

  test('that was deleted is found with --signed-from, and is a note without it', async () => {
    const copy = await copyOf(signed);
    await rm(join(copy, await signatureOf(5)));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 0, 9, 0]);
    expect(damagedKeys(judged.fromOne)).toEqual([commitKey(5)]);
    expect(judged.alone.findings).toContainEqual({ level: 'note', key: commitKey(5), message: 'is not signed' });
    record('one signature deleted', judged);
  });

  test('written beforehand for the next number is no damage, until a commit of that attempt exists', async () => {
    const copy = await copyOf(signed);
    const next = KEYS.signature(COMMITS + 1, '0123abcd');
    await cp(join(signed, await signatureOf(COMMITS)), join(copy, next));
    expect(codesOf(await judge(copy))).toEqual([0, 0, 0, 0]);
    const now = new Date(`${TODAY}T09:15:00Z`);
    const server = await serveAnodot({ users: answer(usersAt(1, 1), 200, { date: now.toUTCString() }) });
    onTestFinished(() => server.close());
    await take({ url: server.url, store: new FolderStore(copy), run: runAt(now) });
    expect((await verified(copy, { keys: [key.fingerprint], signedFrom: 1, unsigned: [COMMITS + 1] })).code).toBe(0);
    const own = await signatureKey(copy, COMMITS + 1);
    await cp(join(copy, next), join(copy, own));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    for (const verification of Object.values(judged)) expect(damagedKeys(verification)).toEqual([own]);
    record('a copied signature written for an unsigned commit', judged);
  });

  test('of another commit with the same attempt and number, kept from a copy of the store, is found', async () => {
    const copy = await copyOf(signed);
    const other = Buffer.from(String(await commitBytes(copy, 3)).replace('"scheduled_at":null', '"scheduled_at":""'));
    await writeFile(join(copy, await signatureOf(3)), key.sign(other));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    record('a signature of other bytes with the same number and attempt', judged);
  });
});

describe('a key of the store', () => {
  test('that was replaced under its name is found, even if the commits were signed again with it', async () => {
    const copy = await copyOf(signed);
    await signCommits(copy, attacker);
    await storeKey(copy, attacker, key.fingerprint);
    await rm(join(copy, KEYS.publicKey(attacker.fingerprint)));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    for (const verification of Object.values(judged))
      expect(damagedKeys(verification)).toEqual([KEYS.publicKey(key.fingerprint), await signatureOf(1)]);
    record('a key replaced under its name, and all commits signed again', judged);
  });

  test('that was replaced by another under its own name is found with --key only', async () => {
    const copy = await copyOf(signed);
    await signCommits(copy, attacker);
    await rm(join(copy, KEYS.publicKey(key.fingerprint)));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 9, 9, 0]);
    expect(damagedKeys(judged.withKey)).toEqual([KEYS.publicKey(key.fingerprint), await signatureOf(1)]);
    record('the key replaced by another under its own name, and all commits signed again', judged);
  });

  test('that was deleted is found by the signatures that it made', async () => {
    const copy = await copyOf(signed);
    await rm(join(copy, 'keys'), { recursive: true });
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    expect(damagedKeys(judged.alone)).toEqual([await signatureOf(1)]);
    record('keys/ deleted', judged);
  });

  test('that was added without a signature is no damage, and is only counted', async () => {
    const copy = await copyOf(signed);
    await storeKey(copy, attacker);
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([0, 0, 0, 0]);
    for (const { signatures } of [judged.alone, judged.withKey])
      expect([signatures.keys.length, signatures.unused_keys]).toEqual([1, 1]);
    record('a key added that signed nothing', judged);
  });
});

describe('a commit of a signed store that was moved in time', () => {
  const moved = (number: number, days: number) => (commit: Commit) =>
    commit.commit === number
      ? { ...commit, committed_at: new Date(Date.parse(commit.committed_at) + days * 86_400_000).toISOString() }
      : commit;

  test.each([
    ['by a minute', 14, 1 / 1440],
    ['to the next day', 14, 1],
    ['to the past', 14, -300],
    ['to the future', 14, 4000],
    ['to before the previous commit', 14, -2],
    ['by a minute, as the newest', COMMITS, 1 / 1440],
  ])('%s, with consistent hashes, is found by its signature', async (when, number, days) => {
    const copy = await copyOf(signed);
    await rehash(copy, moved(number, days));
    const judged = await judge(copy);
    expect(codesOf(judged)).toEqual([9, 9, 9, 9]);
    for (const verification of Object.values(judged))
      expect(damagedKeys(verification)).toContain(await signatureOf(number));
    record(`a commit re-dated ${when}, with consistent hashes`, judged);
  });

  test('and whose signature was deleted is found by --signed-from and a noted hash', async () => {
    const copy = await copyOf(signed);
    await rehash(copy, moved(COMMITS, 1 / 1440));
    await rm(join(copy, await signatureOf(COMMITS)));
    const { fromOne, noted } = await judge(copy);
    expect([damagedKeys(fromOne).includes(commitKey(COMMITS)), noted.code]).toEqual([true, 9]);
  });
});
