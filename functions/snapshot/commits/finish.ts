/** Finishes a commit, so that its objects become visible. */

import * as z from 'zod';
import { KEYS } from '../contract.ts';
import type { Store, StoredObject } from '../store/store.ts';
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
  for (const object of manifestLast(commit.objects)) {
    if (object.staged === null || (await store.putInPlace(object)) === 'placed') continue;
    // Another run may have promoted it. Check before going on, or the manifest could appear without the objects that it names.
    if (await store.isInPlace(object, commit.execution)) continue;
    return (await isReplaced(store, commit)) ? {} : { lost: object.key };
  }
  return {};
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

const manifestLast = (objects: readonly StoredObject[]): StoredObject[] =>
  objects.toSorted((a, b) => Number(a.kind === 'manifest') - Number(b.kind === 'manifest'));

/** Whether the day has a later commit. The run that created it finished this one first. */
async function isReplaced(store: Store, { commit, dt }: Commit): Promise<boolean> {
  for (const number of (await commitNumbers(store)).filter((later) => later > commit)) {
    if ((await readCommit(store, number))?.commit?.dt === dt) return true;
  }
  return false;
}
