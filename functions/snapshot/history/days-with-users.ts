/** Finds the manifests of days by date, and says which days are nearest if a day's users aren't stored. */
import { daysWithRows } from '../changes/compare-days.ts';
import { refuseLostManifests } from '../commits/lost-manifests.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestDays, readManifests } from '../commits/manifests.ts';
import { SettingsError, StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { nearestDays } from '../utc-day.ts';

/**
 * The manifests of these days, in their order. Undefined if the store has no snapshots.
 * @param latest the latest date that a run can have
 * @param optionOf the option that named a day, for messages
 * @throws SettingsError if a day's users aren't stored; names the nearest days whose users are
 * @throws StoreError if a manifest of these days is damaged or was lost
 */
export async function manifestsWithUsers(
  store: Store,
  latest: string,
  days: readonly string[],
  optionOf: (dt: string) => string | undefined = () => undefined,
): Promise<Manifest[] | undefined> {
  const stored = await manifestDays(store);
  for (const dt of days) await refuseLostManifests(store, dt, dt);
  if (stored.length === 0) return undefined;
  const possible = stored.filter((dt) => dt <= latest);
  const usable = await daysWithRows(store, possible);
  const problems = days.flatMap((dt) => {
    if (usable.includes(dt)) return [];
    const why =
      dt > latest
        ? 'is in the future'
        : possible.includes(dt)
          ? 'has no users any more: they have expired or were removed'
          : 'has no snapshot';
    const option = optionOf(dt);
    return [`${option === undefined ? '' : `${option}: `}${dt} ${why}. ${nearest(usable, dt)}`];
  });
  if (problems.length > 0) throw new SettingsError(problems.join('. '));
  const manifests = await readManifests(store, days);
  if (manifests.length < days.length)
    throw new StoreError(`${store.location}: a manifest was removed meanwhile. Run again`);
  return manifests;
}

function nearest(usable: readonly string[], dt: string): string {
  const days = nearestDays(usable, dt);
  if (days.length === 0) return 'No other day has users';
  return `The nearest ${days.length === 1 ? 'day with users is' : 'days with users are'} ${days.join(' and ')}`;
}
