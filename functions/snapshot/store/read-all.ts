/** Reads many small objects in the order of their keys, several at a time: in a bucket, each read costs a round trip. */
import type { Store } from './store.ts';

const AT_ONCE = 16;

/** Leaves out objects that no longer exist. */
export async function* readAll(
  store: Pick<Store, 'read'>,
  keys: readonly string[],
  most?: number,
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer }> {
  for await (const { key, bytes } of readEach(store, keys, most)) if (bytes) yield { key, bytes };
}

/** Without bytes for an object that no longer exists. */
export const readEach = (
  store: Pick<Store, 'read'>,
  keys: readonly string[],
  most?: number,
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer | undefined }> =>
  several(keys, async (key) => ({ key, bytes: await store.read(key, most) }));

/** The results in the order of the items. */
export async function* several<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  for (let first = 0; first < items.length; first += AT_ONCE)
    yield* await Promise.all(items.slice(first, first + AT_ONCE).map(work));
}
