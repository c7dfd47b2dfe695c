/** Finishes a commit, so that its objects become visible. */

import * as z from 'zod';
import { KEYS } from '../contract.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { together } from '../together.ts';
import { type Commit, type CommitEntry, objectOf } from './commit.ts';
import { commitNumbers, readCommit } from './commit-log.ts';
import { parseDocument, sha256Of } from './document.ts';

/** `lost` is the key of an object that is neither promoted nor staged any more. Without it, all objects are in place. */
export type Finished = { readonly lost?: undefined } | { readonly lost: string };

/**
 * Promotes a commit's objects to their final keys, the manifest last. Any run may call it, any number of times: a staged object can be
 * promoted only once. If the commit is damaged or has lost an object, `lost` names it, and later runs can still publish.
 */
export async function finish(store: Store, { number, commit }: CommitEntry): Promise<Finished> {
  if (!commit) return { lost: KEYS.commit(number) };
  if (await isFinished(store, commit)) return {};
  const { lost } = await promoteAll(store, commit);
  return lost === undefined ? {} : { lost };
}

/**
 * Finishes a commit that the caller has just created, so nothing needs to be read first.
 * @returns also whether the caller promoted the manifest. If another run did, a later commit may have replaced it since
 */
export async function finishNew(store: Store, commit: Commit): Promise<Finished & { readonly placed: boolean }> {
  return promoteAll(store, commit);
}

/** Promotes everything else together, and goes on to the manifest only when all of it is in place. */
async function promoteAll(store: Store, commit: Commit): Promise<Finished & { readonly placed: boolean }> {
  const others = commit.objects.filter(({ kind }) => kind !== 'manifest');
  const states = await together(others.map((object) => promoted(store, commit, object)));
  let lost = others[states.indexOf('lost')];
  let placed = false;
  const manifest = objectOf(commit, 'manifest');
  if (!lost && manifest) {
    const state = await promoted(store, commit, manifest);
    placed = state === 'placed';
    if (state === 'lost') lost = manifest;
  }
  return lost && !(await isReplaced(store, commit)) ? { lost: lost.key, placed } : { placed };
}

/** Another run may have promoted the object. Without a look, the manifest could appear without the objects that it names. */
async function promoted(
  store: Store,
  { execution }: Commit,
  object: StoredObject,
): Promise<'placed' | 'in place' | 'lost'> {
  if (object.staged === null) return 'in place';
  if ((await store.putInPlace(object)) === 'placed') return 'placed';
  return (await store.isInPlace(object, execution)) ? 'in place' : 'lost';
}

const MANIFEST_COMMIT = z.object({ commit: z.int() });

/** Whether the day's manifest is this commit's or a later one's. Any object still missing has expired or was removed. */
export async function isFinished(store: Store, commit: Commit): Promise<boolean> {
  const key = KEYS.manifest(commit.dt);
  const bytes = await store.read(key);
  const number = bytes && parseDocument(MANIFEST_COMMIT, bytes)?.commit;
  if (!bytes || number === undefined || number < commit.commit) return false;
  // A manifest whose checksum doesn't match its commit proves nothing. Trusting it would leave the day unfinished forever.
  const named = number === commit.commit ? commit : (await readCommit(store, number))?.commit;
  const manifest = named && objectOf(named, 'manifest');
  return manifest?.key === key && manifest.sha256 === sha256Of(bytes);
}

/** Whether the day has a later commit. The run that created it finished this one first. */
async function isReplaced(store: Store, { commit, dt }: Commit): Promise<boolean> {
  for (const number of (await commitNumbers(store)).filter((later) => later > commit)) {
    if ((await readCommit(store, number))?.commit?.dt === dt) return true;
  }
  return false;
}
