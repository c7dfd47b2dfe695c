/** Finds out whether an object of a commit is in place or staged, and whether its checksum matches. */
import { digestOf } from '../store/digest.ts';
import type { Store, StoredObject } from '../store/store.ts';

export type Condition = 'sound' | 'staged' | 'absent' | 'different';

export async function conditionOf(store: Store, object: StoredObject): Promise<Condition> {
  const before = await inPlace(store, object);
  if (before === 'sound') return 'sound';
  if (object.staged && (await store.isStaged(object))) return 'staged';
  return inPlace(store, object); // it may have been promoted between the two checks
}

/** Like `conditionOf`, for a commit that has nothing staged any more. */
export async function inPlace(store: Store, { key, bytes, sha256 }: StoredObject): Promise<Condition> {
  const found = await digestOf(store, key);
  if (!found) return 'absent';
  return found.bytes === bytes && found.sha256 === sha256 ? 'sound' : 'different';
}
