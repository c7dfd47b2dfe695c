import { objectOf } from '../commits/commit.ts';
import { parseDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { FOLDERS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readLines } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { CHANGE, type Change } from './change.ts';

/** Reads back what was published about changes: the manifests, and the feed of each day. */

const MANIFEST_KEY = /^manifests\/manifest-(\d{4}-\d\d-\d\d)\.json$/;

/**
 * The manifests in place, by day: the snapshots that are complete. Objects of other names are left to `verify`.
 * @throws StoreError if a manifest is damaged
 */
export async function readManifests(store: Store): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const key of await store.list(FOLDERS.manifests)) {
    const dt = MANIFEST_KEY.exec(key)?.[1];
    const bytes = dt === undefined ? undefined : await store.read(key);
    if (!bytes) continue;
    const manifest = parseDocument(MANIFEST, bytes);
    if (!manifest || manifest.dt !== dt)
      throw new StoreError(`${store.location}: ${key} is not the manifest of its day. Run verify`);
    manifests.push(manifest);
  }
  return manifests;
}

/**
 * The change feed of one day, checked against the manifest's hash; undefined if it has expired.
 * @throws StoreError if it differs from what the manifest names
 */
export async function readChanges(store: Store, manifest: Manifest): Promise<AsyncIterable<Change> | undefined> {
  const object = objectOf(manifest, 'changes');
  const digest = object && (await digestOf(store, object.key));
  if (!object || !digest) return undefined;
  if (digest.sha256 !== object.sha256) throw new StoreError(`${store.location}: ${object.key} is damaged. Run verify`);
  const chunks = await store.open(object.key);
  return chunks && parse(chunks);
}

async function* parse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Change> {
  for await (const lines of readLines(chunks)) yield* lines.map((line) => CHANGE.parse(JSON.parse(line)));
}
