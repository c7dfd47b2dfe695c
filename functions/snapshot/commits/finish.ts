import * as z from 'zod';
import { KEYS } from '../contract.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { type Commit, type CommitEntry, objectOf } from './commit.ts';
import { commitNumbers, readCommit } from './commit-log.ts';
import { parseDocument, sha256Of } from './document.ts';

/** All objects of a commit are in place, or one is neither in place nor staged any more: its key. */
export type Finished = { readonly lost?: undefined } | { readonly lost: string };

/**
 * Promotes a commit's objects to their final keys, the manifest last. Any run may call it, any number of times: a staged object can be
 * promoted only once. A commit that can't be parsed or has lost an object is named and blocks nothing.
 */
export async function finish(store: Store, { number, commit }: CommitEntry): Promise<Finished> {
  if (!commit) return { lost: KEYS.commit(number) };
  if (await isFinished(store, commit)) return {};
  for (const object of manifestLast(commit.objects)) {
    if (object.staged === null || (await store.putInPlace(object)) === 'placed') continue;
    // Another run promoted it before. Check before the next object, or the manifest would be ahead of what it names.
    if (await store.isInPlace(object, commit.execution)) continue;
    return (await isReplaced(store, commit)) ? {} : { lost: object.key };
  }
  return {};
}

const MANIFEST_COMMIT = z.object({ commit: z.int() });

/** Whether the day's manifest is this commit's or a later one's. What is missing then has expired or was removed. */
export async function isFinished(store: Store, commit: Commit): Promise<boolean> {
  const key = KEYS.manifest(commit.dt);
  const bytes = await store.read(key);
  const number = bytes && parseDocument(MANIFEST_COMMIT, bytes)?.commit;
  if (!bytes || number === undefined || number < commit.commit) return false;
  // A manifest whose bytes aren't the ones its commit names proves nothing: believing it would leave the day unfinished for good.
  const named = number === commit.commit ? commit : (await readCommit(store, number))?.commit;
  const manifest = named && objectOf(named, 'manifest');
  return manifest?.key === key && manifest.sha256 === sha256Of(bytes);
}

const manifestLast = (objects: readonly StoredObject[]): StoredObject[] =>
  objects.toSorted((a, b) => Number(a.kind === 'manifest') - Number(b.kind === 'manifest'));

/** Whether there is a later commit of the day: the run that made it finished this one first. */
async function isReplaced(store: Store, { commit, dt }: Commit): Promise<boolean> {
  for (const number of (await commitNumbers(store)).filter((later) => later > commit)) {
    if ((await readCommit(store, number))?.commit?.dt === dt) return true;
  }
  return false;
}
