import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { documentBytes } from '../../functions/snapshot/commits/document.ts';
import { isSignature } from '../../functions/snapshot/commits/public-key.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';
import { runOn, serve } from '../support/commit-runs.ts';
import { shown } from '../support/fault-table.ts';
import { type Death, DyingStore, Killed } from '../support/store-doubles.ts';
import { commitsOf } from '../support/stored-commits.ts';
import { newFolder } from '../support/take.ts';
import { newSigner } from '../support/test-signer.ts';

const DEATHS: readonly Required<Death>[] = [
  { moment: 'before', arrival: 'first call first' },
  { moment: 'before', arrival: 'last call first' },
  { moment: 'after', arrival: 'first call first' },
];
const signer = newSigner();

/** How many commits there are, each of which must have a signature that its stored key confirms. */
async function signedCommits(store: Store): Promise<number> {
  const commits = await commitsOf(store);
  for (const commit of commits) {
    const pem = await store.read(KEYS.publicKey(signer.fingerprint));
    const signature = await store.read(KEYS.signature(commit.commit, commit.execution));
    const key = pem && createPublicKey(pem);
    expect(key && signature && isSignature({ key }, documentBytes(commit), signature)).toBe(true);
  }
  return commits.length;
}

/** Kills a run at its n-th call. Returns how many commits it left, or undefined if it has fewer calls. */
async function killAt(n: number, death: Death, url: string): Promise<number | undefined> {
  const store = new FolderStore(await newFolder());
  const stagings: Staging[] = [];
  const dying = new DyingStore(store, n, death, (staging) => stagings.push(staging));
  const ended = await runOn(dying.store, 24, url, { run: { signer } }).catch((error: unknown) => error);
  await dying.settled();
  if (!dying.isDead) return undefined;
  await Promise.allSettled(stagings.map((staging) => staging.close())); // the system closes the files of a dead process
  expect(ended).toBeInstanceOf(Killed);
  const left = await signedCommits(store);
  await runOn(store, 25, url, { run: { signer } });
  expect(await signedCommits(store)).toBe(left + 1);
  return left;
}

test.each(DEATHS)(
  'a run killed $moment any of its calls, of which the $arrival arrives, never leaves a commit unsigned, nor does the next run',
  async ({ moment, ...death }) => {
    const { url } = await serve();
    const lefts: number[] = [];
    for (let n = 1; ; n++) {
      const left = await killAt(n, { moment, ...death }, url);
      if (left === undefined) break;
      lefts.push(left);
    }
    expect(new Set(lefts)).toEqual(new Set([0, 1]));
    expect(lefts).toEqual(lefts.toSorted());
    shown(
      'F31a',
      `a run is killed ${moment} each of its calls`,
      'every commit is signed, and the next run signs its own',
    );
  },
);
