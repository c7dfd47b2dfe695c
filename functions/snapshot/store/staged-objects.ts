import type { Store, StoredObject } from './store.ts';

/** Discards what was staged for a commit that will never be made. Objects that are already in place stay. */
export async function discardStaged(store: Store, objects: readonly StoredObject[]): Promise<void> {
  for (const object of objects) if (object.staged) await store.drop(object);
}
