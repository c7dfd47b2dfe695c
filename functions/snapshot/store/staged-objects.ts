import type { Store, StoredObject } from './store.ts';

/** Discards the staged objects of a list. Only for objects that no commit will ever name. */
export async function discardStaged(store: Store, objects: readonly StoredObject[]): Promise<void> {
  for (const object of objects) if (object.staged) await store.drop(object);
}
