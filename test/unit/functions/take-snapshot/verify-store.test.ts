import { sign } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SigningError } from '../../../../functions/snapshot/commits/signer.ts';
import { FOLDERS, KEYS } from '../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import {
  VERIFICATION,
  type VerificationDocument,
} from '../../../../functions/snapshot/verify/verification-document.ts';
import { type VerifyParts, verifyStore } from '../../../../functions/take-snapshot/verify-store.ts';
import { dtOf, noon } from '../../../support/clock.ts';
import { copyOf, remove, useFourCommits } from '../../../support/four-commits.ts';
import { signCommits, storeKey } from '../../../support/signed-store.ts';
import { watched } from '../../../support/store-doubles.ts';
import { deadlineIn } from '../../../support/take.ts';
import { newSigner } from '../../../support/test-signer.ts';

const stores = useFourCommits();

async function verified(parts: Partial<VerifyParts> & Pick<VerifyParts, 'store'>) {
  const reported: VerificationDocument[] = [];
  const warnings: string[] = [];
  const result = verifyStore({
    keptDays: 400,
    stop: new AbortController().signal,
    deadline: deadlineIn(30_000),
    instance: 'emea',
    now: () => noon(26),
    onWarning: (message) => warnings.push(message),
    onVerified: (document) => reported.push(document),
    ...parts,
  });
  return { result: await result.catch((error: unknown) => error), reported, warnings };
}

const parsed = (bytes: Buffer | undefined): unknown => JSON.parse(String(bytes));

describe('a verification by the function', () => {
  test('stores what it found under the time at which it began, and leaves everything else as it was', async () => {
    const store = new FolderStore(await copyOf(stores().four));
    const { result, reported } = await verified({ store });
    expect(result).toMatchObject({ status: 'sound', complete: true, commits: 4, days_verified: 3, instance: 'emea' });
    expect(reported).toEqual([result]);
    const key = KEYS.verification('20200226T120000Z');
    expect(await store.list(FOLDERS.verifications)).toEqual([key]);
    expect(parsed(await store.read(key))).toEqual(result);
    const again = await verified({ store });
    expect(again.result).toMatchObject({ status: 'sound', commits: 4, findings: [] });
  });

  test('warns if it began in the same second as another one, whose result stays', async () => {
    const store = new FolderStore(await copyOf(stores().four));
    const first = await verified({ store });
    const { result, reported, warnings } = await verified({ store, instance: 'apac' });
    expect(reported).toEqual([result]);
    const key = KEYS.verification('20200226T120000Z');
    expect(warnings).toEqual([
      `${key} exists, probably of another verification in the same second, so only the log has this result`,
    ]);
    expect(parsed(await store.read(key))).toEqual(first.result);
  });

  test('is stored without a warning if the response to the call that stores it is lost', async () => {
    class Repeating extends FolderStore {
      override async create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
        await super.create(key, bytes);
        return super.create(key, bytes);
      }
    }
    const { result, warnings } = await verified({ store: new Repeating(await copyOf(stores().four)) });
    expect([result, warnings]).toEqual([expect.objectContaining({ status: 'sound' }), []]);
  });

  test('never asks for a raw response', async () => {
    const asked: string[] = [];
    const store = watched(new FolderStore(await copyOf(stores().four)), (_, perform, key) => {
      asked.push(key);
      return perform();
    });
    await verified({ store });
    expect(asked.filter((key) => key.startsWith('raw'))).toEqual([]);
  });

  test('reads back exactly the newest 35 days', async () => {
    const folder = await copyOf(stores().four);
    for (let day = 27; day <= 60; day++) await stores().runOn(folder, day);
    const read = new Set<string>();
    const store = watched(new FolderStore(folder), (call, perform, key) => {
      if (call === 'open') read.add(key);
      return perform();
    });
    const { result } = await verified({ store, now: () => noon(60) });
    expect(result).toMatchObject({ status: 'sound', days_verified: 35, days_left: 0, first_day: dtOf(26) });
    const newest = Array.from({ length: 35 }, (_, n) => KEYS.json(dtOf(26 + n)));
    expect([...read].filter((key) => key.startsWith('users/json/')).sort()).toEqual(newest);
  });

  test('accepts that days are gone if they are older than the retention', async () => {
    const folder = await copyOf(stores().four);
    for (const kind of ['users', 'changes', 'groups']) await remove(folder, kind);
    const store = new FolderStore(folder);
    const later = { now: () => noon(30) };
    expect((await verified({ store, ...later, keptDays: 2 })).result).toMatchObject({ status: 'sound', damaged: 0 });
    expect((await verified({ store, ...later, keptDays: 5 })).result).toMatchObject({ status: 'damaged' });
  });

  test("throws if the store can't be read, and stores nothing", async () => {
    const folder = new FolderStore(await copyOf(stores().four));
    const store = watched(folder, async (call, perform) => {
      if (call === 'list') throw new StoreError('AccessDenied');
      return perform();
    });
    const { result, reported } = await verified({ store });
    expect(result).toEqual(new StoreError('AccessDenied'));
    expect(reported).toEqual([]);
    expect(await folder.list(FOLDERS.verifications)).toEqual([]);
  });

  test("reports its result, then throws, if the result can't be stored", async () => {
    const store = watched(new FolderStore(await copyOf(stores().four)), async (call, perform) => {
      if (call === 'create') throw new StoreError('AccessDenied');
      return perform();
    });
    const { result, reported } = await verified({ store });
    expect(result).toBeInstanceOf(StoreError);
    expect(result).toHaveProperty('message', expect.stringMatching(/^verifications\/.* the log has the result\. Acc/));
    expect(reported).toMatchObject([{ status: 'sound' }]);
  });

  test('stores that it is unfinished if it was stopped', async () => {
    const store = new FolderStore(await copyOf(stores().four));
    const { result } = await verified({ store, stop: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'unfinished', complete: false, stopped_during: 'run documents' });
    expect(parsed(await store.read(KEYS.verification('20200226T120000Z')))).toEqual(result);
  });

  test('asks a signer for its public key only, and goes on without it', async () => {
    const store = new FolderStore(await copyOf(stores().four));
    const sign = () => Promise.reject(new Error('must not sign'));
    const failing = { sign, publicKey: () => Promise.reject(new SigningError('the key is disabled: enable it')) };
    const { result, warnings } = await verified({ store, signer: failing });
    expect(result).toMatchObject({ status: 'unfinished', complete: true, signing_key: 'unavailable', damaged: 0 });
    expect(warnings).toEqual([
      'signatures are only checked against the keys in the store: the key is disabled: enable it',
    ]);
  });
});

describe('a verification by a function that signs', () => {
  /** A test signer that can also sign the commits of a folder. */
  function newKey() {
    const signer = newSigner();
    const { fingerprint, pem, privateKey } = signer;
    return {
      signer,
      fingerprint,
      key: { fingerprint, pem, sign: (bytes: Uint8Array) => sign('sha256', bytes, privateKey) },
    };
  }
  const [own, earlier, attacker] = [newKey(), newKey(), newKey()];
  const { signer } = own;

  /** The store with its commits signed, and what a verification of it finds. */
  async function found(
    signed: readonly (readonly [by: typeof own, commits: readonly number[]])[],
    parts: Partial<VerifyParts> = {},
    edit: (folder: string) => Promise<unknown> = async () => undefined,
  ) {
    const folder = await copyOf(stores().four);
    for (const [by, commits] of signed) await signCommits(folder, by.key, commits);
    await edit(folder);
    const { result, warnings } = await verified({ store: new FolderStore(folder), signer, ...parts });
    expect(warnings).toEqual([]);
    const { status, signatures, findings } = VERIFICATION.parse(result);
    expect(signatures.checked_with).toBe('given keys');
    return { status, signatures, messages: findings.map(({ message }) => message) };
  }

  async function deleteSignatures(folder: string): Promise<void> {
    for (const name of await readdir(join(folder, 'commits')))
      if (name.endsWith('.sig')) await remove(folder, `commits/${name}`);
  }

  const UNSTORED = 'is not stored: this key has signed nothing yet, or it was deleted with its signatures';

  test('finds no damage before its first signed run, and notes that', async () => {
    expect(await found([])).toMatchObject({ status: 'sound', messages: [UNSTORED], signatures: { unsigned: 4 } });
  });

  test('finds no damage if its first signed run stored only the key', async () => {
    const storesKey = (folder: string) => storeKey(folder, own.key);
    const { status, messages } = await found([], {}, storesKey);
    expect([status, messages]).toEqual(['sound', ['has signed nothing yet, or its signatures were deleted']]);
    const listed = await found([], { earlierKeys: [own.fingerprint] }, storesKey);
    expect([listed.status, listed.messages]).toEqual(['damaged', ['was given, but no commit is signed']]);
  });

  test('counts the recent commits without a valid signature, after the first that has one', async () => {
    const counted = async (...words: Parameters<typeof found>) => (await found(...words)).signatures.unsigned_recently;
    expect(await counted([[own, [1, 2, 3, 4]]])).toBe(0);
    expect(await counted([[own, [3]]])).toBe(1);
    expect(
      await counted([
        [own, [1, 2]],
        [attacker, [4]],
      ]),
    ).toBe(2);
    expect(await counted([[own, [1]]], { now: () => noon(33) })).toBe(3);
    expect(await counted([[own, [1]]], { now: () => new Date('2020-03-20T12:00:00Z') })).toBe(1);
  });

  test('counts a store that was rebuilt without signatures, although a run has signed since, only with signedFrom', async () => {
    const rebuilt = [[own, [4]]] as const;
    const unnoticed = await found(rebuilt);
    expect(unnoticed).toMatchObject({
      status: 'sound',
      messages: [],
      signatures: { unsigned: 3, unsigned_recently: 0 },
    });
    for (const [signedFrom, unsigned_recently] of [
      [1, 3],
      [3, 1],
      [4, 0],
    ] as const)
      expect(await found(rebuilt, { signedFrom })).toMatchObject({
        status: 'sound',
        signatures: { unsigned_recently },
      });
    expect((await found([], { signedFrom: 1 })).signatures.unsigned_recently).toBe(4);
  });

  test('neither counts nor reports as damaged an older unsigned commit from signedFrom on', async () => {
    const parts = { signedFrom: 1, now: () => noon(33) }; // commit 1 is of the 24th
    expect(await found([[own, [2, 3, 4]]], parts)).toMatchObject({
      status: 'sound',
      messages: ['is not signed'],
      signatures: { unsigned: 1, unsigned_recently: 0 },
    });
  });

  test('finds that the store was truncated if its newest commit is before signedFrom', async () => {
    const truncated = 'is missing, though it must be signed: the store was truncated';
    expect(await found([[own, [1, 2, 3, 4]]], { signedFrom: 4 })).toMatchObject({ status: 'sound', messages: [] });
    expect(await found([[own, [1, 2, 3, 4]]], { signedFrom: 5 })).toMatchObject({
      status: 'damaged',
      messages: [truncated],
    });
  });

  test('does not call the store truncated if it was stopped before it had read all commits', async () => {
    const folder = await copyOf(stores().four);
    await signCommits(folder, own.key);
    const stopped = new AbortController();
    const store = watched(new FolderStore(folder), (_, perform, key) => {
      if (key === KEYS.commit(3)) stopped.abort();
      return perform();
    });
    const { result } = await verified({ store, signer, signedFrom: 4, stop: stopped.signal });
    expect(result).toMatchObject({ status: 'unfinished', stopped_during: 'commits', findings: [] });
  });

  test('notes that all signatures were deleted, and finds damage if earlierKeys lists its key', async () => {
    const all = [[own, [1, 2, 3, 4]]] as const;
    expect(await found(all, { signedFrom: 1 }, deleteSignatures)).toMatchObject({
      status: 'sound',
      messages: expect.arrayContaining(['has signed nothing yet, or its signatures were deleted']),
    });
    expect(await found(all, { earlierKeys: [own.fingerprint] }, deleteSignatures)).toMatchObject({
      status: 'damaged',
      messages: expect.arrayContaining(['was given, but no commit is signed']),
    });
  });

  test('finds no damage after its key was replaced, if earlierKeys has the older one', async () => {
    const earlierKeys = [earlier.fingerprint];
    expect(await found([[earlier, [1, 2, 3, 4]]], { earlierKeys })).toMatchObject({
      status: 'sound',
      messages: [UNSTORED],
    });
    const both = [
      [earlier, [1, 2]],
      [own, [3, 4]],
    ] as const;
    expect(await found(both, { earlierKeys })).toMatchObject({
      status: 'sound',
      messages: [],
      signatures: { valid: 4 },
    });
    expect(await found(both)).toMatchObject({ status: 'damaged', signatures: { valid: 2, invalid: 2 } });
  });

  test('finds that an earlier key was deleted, and so its own key once earlierKeys has it', async () => {
    const deletes =
      ({ fingerprint }: typeof own) =>
      async (folder: string) => {
        await remove(folder, KEYS.publicKey(fingerprint));
        await deleteSignatures(folder);
      };
    for (const key of [earlier, own]) {
      const parts = { earlierKeys: [key.fingerprint] };
      const { status, messages } = await found([[key, [1, 2, 3, 4]]], parts, deletes(key));
      expect([status, messages[0]]).toEqual([
        'damaged',
        expect.stringContaining('is missing, though this key was given'),
      ]);
    }
    const unnoticed = await found([[own, [1, 2, 3, 4]]], {}, deletes(own));
    expect(unnoticed).toMatchObject({ status: 'sound', messages: [UNSTORED], signatures: { unsigned: 4 } });
  });

  test("finds a store that was signed again with an attacker's key, with and without the function's own key in it", async () => {
    const all = [1, 2, 3, 4];
    for (const signed of [
      [[attacker, all]],
      [
        [own, all],
        [attacker, all],
      ],
    ] as const) {
      const { status, signatures } = await found(signed);
      expect([status, signatures.invalid]).toEqual(['damaged', 4]);
    }
  });
});
