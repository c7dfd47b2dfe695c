/** Checks that a review was opened on this store, and that the store wasn't rebuilt or changed since. */

import { readCommit } from '../commits/commit-log.ts';
import { SettingsError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Review } from './review-document.ts';

/** @throws SettingsError if the store doesn't have the review's commit, or has another one in its place */
export async function refuseOtherStore(store: Store, { snapshot, store: opened }: Review): Promise<void> {
  const entry = await readCommit(store, snapshot.commit);
  const of = `the review was opened on ${opened}, from commit ${snapshot.commit}`;
  if (!entry)
    throw new SettingsError(`${of}, which ${store.location} does not have. Check --store, or run verify on it`);
  if (entry.sha256 !== snapshot.commit_sha256 || entry.commit?.dt !== snapshot.dt)
    throw new SettingsError(
      `${of}, but that commit has another hash in ${store.location}. It is another store, or it was rebuilt or changed. ` +
        `Check --store, or run verify with --expect ${snapshot.commit_sha256}`,
    );
}
