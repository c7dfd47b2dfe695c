import * as z from 'zod';
import { DT, jsonOf } from '../commits/commit.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { CHANGES } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readLines } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import type { Change } from './comparison.ts';

export const CHANGE = z.object({
  dt: DT,
  previous_dt: DT,
  previous_observed_at: z.string(),
  observed_at: z.string(),
  id: z.string(),
  email: z.string().nullable(),
  change: z.enum(CHANGES),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

const MANIFEST_KEY = /^manifests\/manifest-(\d{4}-\d\d-\d\d)\.json$/;

/** The manifests in place, by day: the snapshots that are complete. Other names there are for `verify` to tell. */
export async function readManifests(store: Store): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const key of await store.list('manifests/')) {
    const dt = MANIFEST_KEY.exec(key)?.[1];
    const bytes = dt === undefined ? undefined : await store.read(key);
    if (!bytes) continue;
    const manifest = MANIFEST.safeParse(jsonOf(bytes)).data;
    if (!manifest || manifest.dt !== dt)
      throw new StoreError(`${store.location}: ${key} is not the manifest of its day. Run verify`);
    manifests.push(manifest);
  }
  return manifests;
}

/**
 * The change feed of one day, held against the manifest's hash; undefined where it has expired.
 * @throws StoreError where it isn't what the manifest names
 */
export async function readChanges(store: Store, { objects }: Manifest): Promise<AsyncIterable<Change> | undefined> {
  const object = objects.find(({ kind }) => kind === 'changes');
  const digest = object && (await digestOf(store, object.key));
  if (!object || !digest) return undefined;
  if (digest.sha256 !== object.sha256) throw new StoreError(`${store.location}: ${object.key} is damaged. Run verify`);
  const chunks = await store.open(object.key);
  return chunks && parse(chunks);
}

async function* parse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Change> {
  for await (const lines of readLines(chunks)) yield* lines.map((line) => CHANGE.parse(JSON.parse(line)));
}
