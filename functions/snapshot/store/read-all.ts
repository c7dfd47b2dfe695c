/** Reads many small objects in the order of their keys, several at a time: in a bucket, each read costs a round trip. */
import type { Store } from './store.ts';

const AT_ONCE = 16;

/** Leaves out objects that no longer exist. */
export async function* readAll(
  store: Pick<Store, 'read'>,
  keys: readonly string[],
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer }> {
  for await (const { key, bytes } of readEach(store, keys)) if (bytes) yield { key, bytes };
}

/** Without bytes for an object that no longer exists. */
export async function* readEach(
  store: Pick<Store, 'read'>,
  keys: readonly string[],
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer | undefined }> {
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    const batch = keys.slice(first, first + AT_ONCE);
    yield* await Promise.all(batch.map(async (key) => ({ key, bytes: await store.read(key) })));
  }
}
