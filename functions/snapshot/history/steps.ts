/** The steps of an account's history: what changed from each stored snapshot to the next. */
import type { Change } from '../changes/change.ts';
import { compareDays, daysWithRows } from '../changes/compare-days.ts';
import { readChanges } from '../changes/read-changes.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { Store } from '../store/store.ts';

export interface Step {
  readonly from: Manifest;
  readonly to: Manifest;
  /** Whether the later day's change feed compares exactly these two snapshots. Otherwise only their users can tell what changed. */
  readonly isRecorded: boolean;
}

/** @param manifests of the days between which to step, ascending */
export function stepsOf(manifests: readonly Manifest[]): Step[] {
  return manifests.flatMap((to, i) => {
    const from = manifests[i - 1];
    if (!from) return [];
    const isRecorded = to.changes !== null && to.previous_dt === from.dt && from.commit < to.commit;
    return [{ from, to, isRecorded }];
  });
}

/** The manifests of the days whose users are still stored. A day without users counts: there is nothing that could have expired. */
export async function daysOfHistory(store: Store, manifests: readonly Manifest[]): Promise<Manifest[]> {
  const withRows = new Set(
    await daysWithRows(
      store,
      manifests.map(({ dt }) => dt),
    ),
  );
  return manifests.filter(({ dt, user_count }) => withRows.has(dt) || user_count === 0);
}

/**
 * What changed in a step: from the feed if it recorded the step and is still stored, otherwise by comparing the users.
 * @throws StoreError if a feed or the users of a day are damaged
 */
export async function changesIn(store: Store, { from, to, isRecorded }: Step): Promise<AsyncIterable<Change>> {
  const feed = isRecorded ? await readChanges(store, to) : undefined;
  return feed ?? replay(await compareDays(store, from, to));
}

async function* replay(changes: readonly Change[]): AsyncGenerator<Change> {
  yield* changes;
}
