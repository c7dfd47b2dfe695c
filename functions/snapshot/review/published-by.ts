/** Finds the commit that published a day, and proves that the day's manifest is the one that it names. */
import { objectOf } from '../commits/commit.ts';
import { readCommit } from '../commits/commit-log.ts';
import { sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/**
 * The hash of the commit, as it is stored.
 * @throws StoreError if the commit is damaged or missing, or doesn't name this manifest
 */
export async function commitHashOf(store: Store, manifest: Manifest): Promise<string> {
  const key = KEYS.commit(manifest.commit);
  const entry = await readCommit(store, manifest.commit);
  if (!entry?.commit) throw new StoreError(`${store.location}: ${key} is ${entry ? 'damaged' : 'missing'}. Run verify`);
  const bytes = await store.read(KEYS.manifest(manifest.dt));
  const isNamed = bytes && objectOf(entry.commit, 'manifest')?.sha256 === sha256Of(bytes);
  if (!isNamed || entry.commit.dt !== manifest.dt)
    throw new StoreError(
      `${store.location}: ${KEYS.manifest(manifest.dt)} isn't the manifest that ${key} names, or a run is replacing it. Run verify`,
    );
  return entry.sha256;
}
