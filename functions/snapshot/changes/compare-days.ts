/** Compares the users of any two days, as the change feed compares a day with the one before it. */
import { objectOf } from '../commits/commit.ts';
import type { Manifest } from '../commits/manifest.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readRows } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../user.ts';
import type { Change, Span } from './change.ts';
import { Comparison } from './comparison.ts';

/** The days whose users are still stored. Those of the other days have expired or were removed. */
export async function daysWithRows(store: Store, days: readonly string[]): Promise<string[]> {
  const keys = new Set(await store.list(FOLDERS.users));
  return days.filter((dt) => keys.has(KEYS.json(dt)));
}

/**
 * The changes from one day to another, in the order of the feed. Users are streamed; the changes are held.
 * @throws StoreError if the users of a day are missing, or differ from what its manifest names
 */
export async function compareDays(store: Store, earlier: Manifest, later: Manifest): Promise<readonly Change[]> {
  const span: Span = {
    dt: later.dt,
    previous_dt: earlier.dt,
    previous_observed_at: earlier.observed_at,
    observed_at: later.observed_at,
  };
  const comparison = new Comparison(await rowsOf(store, earlier), span);
  try {
    for await (const users of await rowsOf(store, later)) await comparison.add(users);
  } catch (error) {
    await comparison.close();
    throw error;
  }
  return (await comparison.end()).changes;
}

/** The users of a day. Their hash is checked first, so every line is a valid row. */
async function rowsOf(store: Store, manifest: Manifest): Promise<AsyncIterable<readonly User[]>> {
  const named = objectOf(manifest, 'json');
  const key = KEYS.json(manifest.dt);
  const digest = await digestOf(store, key);
  if (!named || digest?.sha256 !== named.sha256)
    throw new StoreError(`${store.location}: ${key} is damaged, or a run is replacing it. Run verify`);
  const chunks = await store.open(key);
  if (!chunks) throw new StoreError(`${store.location}: ${key} was removed in the meantime. Run again`);
  return readRows(chunks);
}
