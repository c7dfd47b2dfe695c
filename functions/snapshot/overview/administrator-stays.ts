/** Puts days, commits and the latest known names to the stays that the walk has found. */
import { readUsers } from '../changes/read-users.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { Store } from '../store/store.ts';
import { addDays, daysBetween } from '../utc-day.ts';
import type { WalkedHistory } from './history-walk.ts';
import { Identities } from './identities.ts';
import type { AdministratorStay, Limited, UncertainDay } from './overview.ts';
import { type Period, recordedChanges, sourceOf } from './period.ts';
import type { Stay } from './stay-walk.ts';

/** @param hasUsers whether the newest snapshot has users, and they are stored */
export async function administratorStays(
  store: Store,
  { newest }: Period,
  { stays, snapshots, known }: WalkedHistory,
  hasUsers: boolean,
): Promise<Limited<AdministratorStay>> {
  const identities = new Identities(stays.items.map(({ id }) => id));
  if (hasUsers && identities.isIncomplete)
    for await (const batch of await readUsers(store, newest)) for (const user of batch) identities.addUser(user);
  for (const step of known) {
    if (!identities.isIncomplete) break;
    const { changes } = await recordedChanges(store, step);
    for await (const change of changes ?? []) identities.addChange(change);
  }
  return { items: stays.items.map((stay) => dated(stay, snapshots, identities)), total: stays.total };
}

function dated({ id, from, until, ...stay }: Stay, snapshots: readonly Manifest[], identities: Identities) {
  const [start, end] = [sideOf(from, snapshots), sideOf(until, snapshots)];
  return {
    id,
    ...identities.of(id),
    ...stay,
    from: start.source,
    until: end.source,
    missing_before_from: start.missing,
    missing_before_until: end.missing,
  };
}

/** The snapshot at a position, and the days without a snapshot directly before it. */
function sideOf(position: number | null, snapshots: readonly Manifest[]) {
  const manifest = position === null ? undefined : snapshots[position];
  const previous = position === null ? undefined : snapshots[position - 1];
  return {
    source: manifest ? sourceOf(manifest) : null,
    missing: manifest && previous ? daysBetween(addDays(previous.dt, 1), manifest.dt) : [],
  };
}

/** The days of the period that the stays don't account for. */
export function uncertainDays({ days }: Period, { snapshots, shown }: WalkedHistory): UncertainDay[] {
  const first = snapshots.length - days.length;
  return days.flatMap((day, i) => {
    const count = shown[first + i] ?? 0;
    return count === day.admin_count ? [] : [{ ...sourceOf(day), administrators: day.admin_count, shown: count }];
  });
}
