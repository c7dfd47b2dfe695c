/** Finds the commit that published a day, and proves that the day's manifest is the one that it names. */

import { KEYS, MOST_BYTES } from '../contract.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { objectOf } from './commit.ts';
import { readCommit } from './commit-log.ts';
import { sha256Of } from './document.ts';
import type { Manifest } from './manifest.ts';
import { otherVersion } from './manifests.ts';

/**
 * The hash of the commit, as it is stored.
 * @throws StoreError if the commit is damaged or missing, or doesn't name this manifest
 */
export async function commitHashOf(store: Store, manifest: Manifest): Promise<string> {
  const key = KEYS.commit(manifest.commit);
  const entry = await readCommit(store, manifest.commit);
  if (!entry?.commit) throw new StoreError(`${store.location}: ${key} ${await problemOf(store, key)}`);
  const bytes = await store.read(KEYS.manifest(manifest.dt));
  const isNamed = bytes && objectOf(entry.commit, 'manifest')?.sha256 === sha256Of(bytes);
  if (!isNamed || entry.commit.dt !== manifest.dt)
    throw new StoreError(
      `${store.location}: ${KEYS.manifest(manifest.dt)} isn't the manifest that ${key} names, or a run is replacing it. Run verify`,
    );
  return entry.sha256;
}

/** Why a document can't be used, and what to do. */
export async function problemOf(store: Store, key: string): Promise<string> {
  const bytes = await store.read(key, MOST_BYTES.commit);
  return bytes ? (otherVersion(bytes) ?? 'is damaged. Run verify') : 'is missing. Run verify';
}
