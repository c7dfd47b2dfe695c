/** The snapshots of the period that the report covers, and the steps between them. */

import type { Change } from '../changes/change.ts';
import { readChanges } from '../changes/read-changes.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestDays, readManifests } from '../commits/manifests.ts';
import { type Step, stepsOf } from '../history/steps.ts';
import type { Store } from '../store/store.ts';
import type { OverviewOptions, Source, UnknownReason } from './overview.ts';

export interface Period {
  /** The manifests of the period, ascending. */
  readonly days: readonly Manifest[];
  readonly newest: Manifest;
  /** The newest snapshot before the period, if there is one. */
  readonly before: Manifest | undefined;
}

/**
 * Undefined if no snapshot is in the period.
 * @throws StoreError if a manifest is damaged
 */
export async function readPeriod(
  store: Store,
  { since, latest }: Pick<OverviewOptions, 'since' | 'latest'>,
): Promise<Period | undefined> {
  const stored = (await manifestDays(store)).filter((dt) => dt <= latest);
  const earlier = stored.findLast((dt) => dt < since);
  const manifests = await readManifests(
    store,
    stored.filter((dt) => dt >= since || dt === earlier),
  );
  const days = manifests.filter(({ dt }) => dt >= since);
  const newest = days.at(-1);
  return newest && { days, newest, before: manifests.find(({ dt }) => dt < since) };
}

/** The steps to each day of the period, ascending. The first day has one only if there is an earlier snapshot. */
export const stepsTo = ({ days, before }: Period): Step[] => stepsOf([...(before ? [before] : []), ...days]);

/** Where a manifest's facts come from. */
export const sourceOf = ({ dt, commit }: Manifest): Source => ({ dt, commit });

/** The changes of a step, or why they aren't known. */
export type StepChanges =
  | { readonly changes: AsyncIterable<Change>; readonly reason?: undefined }
  | { readonly changes?: undefined; readonly reason: UnknownReason };

/** @throws StoreError if the change feed is damaged */
export async function recordedChanges(store: Store, step: Step): Promise<StepChanges> {
  if (!step.isRecorded) return { reason: reasonOf(step) };
  const changes = await readChanges(store, step.to);
  return changes ? { changes } : { reason: 'expired' };
}

/** Why no change feed recorded the changes from one snapshot to the next. */
export function reasonOf({ from, to }: { readonly from: Manifest | undefined; readonly to: Manifest }): UnknownReason {
  if (to.changes === null) return 'nothing to compare with';
  return to.previous_dt === from?.dt ? 'published again' : 'compared with another day';
}
