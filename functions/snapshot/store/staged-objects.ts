import { together } from '../together.ts';
import type { Store, StoredObject } from './store.ts';

/** Discards the staged objects of a list. Only for objects that no commit will ever name. */
export async function discardStaged(store: Store, objects: readonly StoredObject[]): Promise<void> {
  await together(objects.filter(({ staged }) => staged).map((object) => store.drop(object)));
}
