/** Reads back the users of a day. */
import { objectOf } from '../commits/commit.ts';
import type { Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readLines, readRows } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../user.ts';

/**
 * The users of a day, in batches. Their hash is checked first, so every line is a valid row.
 * @throws StoreError if the users are missing, or differ from what the manifest names
 */
export async function readUsers(store: Store, manifest: Manifest): Promise<AsyncIterable<readonly User[]>> {
  return readRows(await soundChunks(store, manifest));
}

/** Like `readUsers`, but returns the stored lines, without their ends. */
export async function readUserLines(store: Store, manifest: Manifest): Promise<AsyncIterable<readonly string[]>> {
  return readLines(await soundChunks(store, manifest));
}

async function soundChunks(store: Store, manifest: Manifest): Promise<AsyncIterable<Uint8Array>> {
  const named = objectOf(manifest, 'json');
  const key = KEYS.json(manifest.dt);
  const digest = await digestOf(store, key);
  if (!digest && manifest.user_count === 0) return NOTHING; // the day had no users that could have expired
  if (!named || digest?.sha256 !== named.sha256)
    throw new StoreError(`${store.location}: ${key} is damaged, or a run is replacing it. Run verify`);
  const chunks = await store.open(key);
  if (!chunks) throw new StoreError(`${store.location}: ${key} was removed in the meantime. Run again`);
  return chunks;
}

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
