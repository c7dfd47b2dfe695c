/** Reads many small objects in the order of their keys, several at a time: in a bucket, each read costs a round trip. */
import type { Store } from './store.ts';

const AT_ONCE = 16;

/** Leaves out objects that no longer exist. */
export async function* readAll(
  store: Pick<Store, 'read'>,
  keys: readonly string[],
  most?: number,
): AsyncGenerator<{ readonly key: string; readonly bytes: Buffer }> {
  const read = async (key: string) => ({ key, bytes: await store.read(key, most) });
  for await (const { key, bytes } of several(keys, read)) if (bytes) yield { key, bytes };
}

/** The results in the order of the items. */
export async function* several<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  for (let first = 0; first < items.length; first += AT_ONCE)
    yield* await Promise.all(items.slice(first, first + AT_ONCE).map(work));
}
