/** Checks that a review was opened on this store, and that the store wasn't rebuilt or changed since. */

import { objectOf } from '../commits/commit.ts';
import { readCommit } from '../commits/commit-log.ts';
import { sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { SettingsError, StoreError } from '../errors.ts';
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

/**
 * The hash of the commit that published this manifest.
 * @throws StoreError if the commit doesn't name exactly this manifest
 */
export async function commitSha256Of(store: Store, { dt, commit }: Manifest): Promise<string> {
  const entry = await readCommit(store, commit);
  const bytes = await store.read(KEYS.manifest(dt));
  const named = entry?.commit && objectOf(entry.commit, 'manifest');
  if (!entry || !bytes || named?.sha256 !== sha256Of(bytes))
    throw new StoreError(
      `${store.location}: ${KEYS.manifest(dt)} does not match commit ${commit}, or a run is replacing it. Run verify`,
    );
  return entry.sha256;
}
