import { type Manifest, readManifest } from '../snapshot/commits/manifest.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { KEYS } from '../snapshot/contract.ts';
import type { Store } from '../snapshot/store/store.ts';
import { knownRun } from './known-run.ts';
import type { RunId } from './run-id.ts';

/** How a run ended, and its manifest if it was published and is still the day's. */
export type RunReport = RunDocument & { readonly manifest?: Manifest };

/** Undefined if there is no such run. Writes nothing. */
export async function reportRun(store: Store, run: RunId, now: Date): Promise<RunReport | undefined> {
  const bytes = await store.read(KEYS.run(run.text));
  if (!bytes) return undefined;
  const { document, entry } = await knownRun(store, run, bytes, now);
  const manifest = entry && (await readManifest(store, entry));
  return { ...document, ...(manifest && { manifest }) };
}
