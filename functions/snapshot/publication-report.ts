/** What the alarms learn about a publication. */

import type { ChangeCounts } from './changes/change.ts';
import type { Manifest } from './commits/manifest.ts';
import { DRIFT_BOUNDS } from './contract.ts';

export interface PublicationReport {
  readonly manifest: Manifest;
  /** Whether to count the publication itself. False if another delivery of the event counts it, or if it was a terminal run. */
  readonly isCounted: boolean;
  /** The newest known snapshot before it. Null if there is none. */
  readonly before: Manifest | null;
  /**
   * How many changes of each kind to report: those that the day's earlier run hadn't found, or all of the day's if that is unknown.
   * Null if there was no comparison.
   */
  readonly newChanges: ChangeCounts | null;
  /** Days without a snapshot between this one and the previous one. */
  readonly missingDays: number;
  /** How many names in each list of the manifest's `drift` are new since `before`. Lists without new names are left out. */
  readonly newDrift: { readonly [list: string]: number };
  readonly groupsFailed: boolean;
  /** Whether the commit has no signature. Null if the installation doesn't sign, or didn't yet. */
  readonly isUnsigned: boolean | null;
}

/** How many names are new in each list. On the first day, none count as new. */
export const driftSince = (now: Manifest, before: Manifest): { readonly [list: string]: number } =>
  now.dt === before.dt && now.previous_dt === null ? {} : newNames(now.drift, before.drift);

/** A full list may have been cut off after its last name, so only names that sort before it can be called new. */
function newNames(now: Manifest['drift'], before: Manifest['drift']): { [list: string]: number } {
  const earlier = new Map<string, unknown>(Object.entries(before));
  const found: { [list: string]: number } = {};
  for (const [list, names] of Object.entries(now)) {
    const known = earlier.get(list);
    if (!Array.isArray(names) || !Array.isArray(known)) continue;
    const last = known.length >= DRIFT_BOUNDS.names ? known.at(-1) : undefined;
    const count = names.filter((name) => !known.includes(name) && (last === undefined || name < last)).length;
    if (count > 0) found[list] = count;
  }
  return found;
}
