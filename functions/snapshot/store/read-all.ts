/** Reads many small objects in the order of their keys, several at a time: in a bucket, each read costs a round trip. */
import type { Store } from './store.ts';

const AT_ONCE = 16;

/** Leaves out objects that no longer exist. */
export async function* readAll(
  store: Pick<Store, 'read'>,
  keys: readonly string[],
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer }> {
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    const batch = keys.slice(first, first + AT_ONCE);
    const read = await Promise.all(batch.map(async (key) => ({ key, bytes: await store.read(key) })));
    for (const { key, bytes } of read) if (bytes) yield { key, bytes };
  }
}
