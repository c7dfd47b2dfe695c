import { describe, expect, test } from 'vitest';
import { SigningError } from '../../../../functions/snapshot/commits/signer.ts';
import { FOLDERS, KEYS } from '../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import type { VerificationDocument } from '../../../../functions/snapshot/verify/verification-document.ts';
import { type VerifyParts, verifyStore } from '../../../../functions/take-snapshot/verify-store.ts';
import { noon } from '../../../support/clock.ts';
import { copyOf, remove, useFourCommits } from '../../../support/four-commits.ts';
import { watched } from '../../../support/store-doubles.ts';
import { deadlineIn } from '../../../support/take.ts';

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

  test('never asks for a raw response', async () => {
    const asked: string[] = [];
    const store = watched(new FolderStore(await copyOf(stores().four)), (_, perform, key) => {
      asked.push(key);
      return perform();
    });
    await verified({ store });
    expect(asked.filter((key) => key.startsWith('raw'))).toEqual([]);
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
    expect(result).toMatchObject({ status: 'sound' });
    expect(warnings).toEqual([
      'signatures are only checked against the keys in the store: the key is disabled: enable it',
    ]);
  });
});
