/** Counts what a second run on a day adds to the change feed, so that alarms count each change once. */
import { objectOf } from '../commits/commit.ts';
import type { Manifest } from '../commits/manifest.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { type Change, type ChangeCounts, countChanges } from './change.ts';
import { readChanges } from './read-changes.ts';

/**
 * How many changes of each kind are not in the feed of the day's earlier run. Two changes are the same if user, kind, `before` and `after`
 * are equal. So if two runs each find a different new administrator, each run counts one.
 * @param earlier the manifest of the day's earlier run. Undefined if there is none. If its feed is damaged or gone, all changes count
 */
export async function addedChanges(
  changes: readonly Change[],
  store: Store,
  earlier: Manifest | undefined,
): Promise<ChangeCounts> {
  if (!earlier || changes.length === 0) return countChanges(changes);
  const known = new Set<string>();
  const feed = (await isSound(store, earlier)) ? await readChanges(store, earlier) : undefined;
  for await (const change of feed ?? []) known.add(identityOf(change));
  return countChanges(changes.filter((change) => !known.has(identityOf(change))));
}

const identityOf = ({ id, change, before, after }: Change): string => JSON.stringify([id, change, before, after]);

async function isSound(store: Store, manifest: Manifest): Promise<boolean> {
  const object = objectOf(manifest, 'changes');
  return object !== undefined && (await digestOf(store, object.key))?.sha256 === object.sha256;
}
