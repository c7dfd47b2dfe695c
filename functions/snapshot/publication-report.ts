import type { ChangeCounts } from './changes/change.ts';
import type { Manifest } from './commits/manifest.ts';
import { DRIFT_BOUNDS } from './contract.ts';

/** What the alarms learn of a publication. */
export interface PublicationReport {
  readonly manifest: Manifest;
  /** Whether the publication itself is counted: not if another execution of its run does that, or if a terminal made it. */
  readonly isCounted: boolean;
  /** The newest snapshot before it that is known; null if there is none. */
  readonly before: Manifest | null;
  /**
   * How many changes of each kind are reported: those that the day's earlier run didn't find, or all of the day if that isn't known.
   * Null if the day was compared with nothing.
   */
  readonly newChanges: ChangeCounts | null;
  /** Days without a snapshot between this one and the one before it. */
  readonly missingDays: number;
  /** How many names each list of the manifest's `drift` has that the snapshot before doesn't. Lists without any are left out. */
  readonly newDrift: { readonly [list: string]: number };
}

/** What names appear, unless both snapshots are of the first day. */
export const driftSince = (now: Manifest, before: Manifest): { readonly [list: string]: number } =>
  now.dt === before.dt && now.previous_dt === null ? {} : newNames(now.drift, before.drift);

/** What names appear. A list that is full may have had more: then only names among the ones it has can be said to be new. */
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
