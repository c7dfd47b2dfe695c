/** Compares the users of any two days, as the change feed compares a day with the one before it. */
import type { Manifest } from '../commits/manifest.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import { type UserLine, userOfLine } from '../format/json-lines.ts';
import type { Store } from '../store/store.ts';
import type { Change, Span } from './change.ts';
import { Comparison } from './comparison.ts';
import { readUserLines } from './read-users.ts';

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
  const comparison = new Comparison(await readUserLines(store, earlier), span);
  try {
    for await (const lines of await readUserLines(store, later)) await comparison.add(lines.map(storedLine));
  } catch (error) {
    await comparison.close();
    throw error;
  }
  return (await comparison.end()).changes;
}

/** A stored line, parsed only when its user is needed. */
const storedLine = (json: string): UserLine => ({
  json,
  get user() {
    return userOfLine(json);
  },
});
