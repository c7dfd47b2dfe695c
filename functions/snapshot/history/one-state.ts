/** Reads a store so that everything read is of one state, although a run may publish at any moment. */
import { readNewest } from '../commits/commit-log.ts';
import { readManifest } from '../commits/manifest.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** How often the store is read if a run publishes during every reading. */
const TRIES = 5;

/**
 * Reads again if a run publishes in the meantime.
 * @throws what `read` throws, or StoreError if the store changed during every reading
 */
export async function inOneState<T>(store: Store, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const before = await stateOf(store);
    const reading = await settled(read());
    if ((await stateOf(store)) !== before) continue;
    if ('error' in reading) throw reading.error;
    return reading.result;
  }
  throw new StoreError(`${store.location}: a run published during each of ${TRIES} readings. Run again`);
}

/** Changes when a run commits, and when the commit's manifest is in place. */
async function stateOf(store: Store): Promise<string> {
  const newest = await readNewest(store);
  const isInPlace = newest !== undefined && (await readManifest(store, newest)) !== null;
  return JSON.stringify([newest?.number, newest?.sha256, isInPlace]);
}

/** A run that replaces an object can make it look damaged, so a failure counts only if the store hasn't changed. */
async function settled<T>(work: Promise<T>): Promise<{ readonly result: T } | { readonly error: unknown }> {
  try {
    return { result: await work };
  } catch (error) {
    return { error };
  }
}
