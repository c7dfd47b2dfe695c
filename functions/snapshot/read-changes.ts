import * as z from 'zod';
import type { Change } from './changes.ts';
import { CHANGES } from './contract.ts';
import { StoreError } from './errors.ts';
import { readLines } from './format/read-rows.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import { DT, jsonOf } from './store/commit.ts';
import { digestOf } from './store/digest.ts';
import type { Store } from './store/store.ts';

const CHANGE = z.object({
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

/** The manifests in place, by day: the snapshots that are complete. */
export async function readManifests(store: Store): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const key of await store.list('manifests/')) {
    const bytes = await store.read(key);
    const manifest = bytes && MANIFEST.safeParse(jsonOf(bytes)).data;
    if (!manifest) throw new StoreError(`${store.location}: ${key} is not a manifest. Run verify`);
    manifests.push(manifest);
  }
  return manifests;
}

/**
 * The change feed of one day, held against the manifest's hash.
 * @throws StoreError where it isn't what the manifest names; an expired feed is empty
 */
export async function* readChanges(store: Store, { objects }: Manifest): AsyncGenerator<Change> {
  const object = objects.find(({ kind }) => kind === 'changes');
  const digest = object && (await digestOf(store, object.key));
  if (!object || !digest) return;
  if (digest.sha256 !== object.sha256) throw new StoreError(`${store.location}: ${object.key} is damaged. Run verify`);
  const chunks = await store.open(object.key);
  if (!chunks) return;
  for await (const lines of readLines(chunks)) yield* lines.map((line) => CHANGE.parse(JSON.parse(line)));
}
