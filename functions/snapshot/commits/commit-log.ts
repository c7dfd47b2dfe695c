/** The log of commits: what was published, in order. A run publishes by creating the next commit. */

import { COMMITS_FOLDER, commitNumberOf, KEYS, LAST_COMMIT, MOST_BYTES } from '../contract.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { addDays } from '../utc-day.ts';
import { type Commit, type CommitEntry, parseCommit } from './commit.ts';
import { documentBytes } from './document.ts';

const TRIES = 3;

/** The numbers of all commits, ascending. */
export async function commitNumbers(store: Store): Promise<number[]> {
  return (await store.list(COMMITS_FOLDER)).flatMap((key) => commitNumberOf(key) ?? []).sort((a, b) => a - b);
}

/** Undefined if there is no commit with this number. @throws StoreError if it can't be read */
export async function readCommit(store: Store, number: number): Promise<CommitEntry | undefined> {
  const bytes = await store.read(KEYS.commit(number), MOST_BYTES.commit);
  return bytes && parseCommit(number, bytes);
}

/** @param numbers those of all commits, ascending. Default: they are listed */
export async function readNewest(store: Store, numbers?: readonly number[]): Promise<CommitEntry | undefined> {
  const newest = (numbers ?? (await commitNumbers(store))).at(-1);
  return newest === undefined ? undefined : readCommit(store, newest);
}

/** The number of the commit after this one. @throws StoreError if it would be too high to be found again */
export function numberAfter(newest: Pick<CommitEntry, 'number'> | undefined): number {
  if (!newest || newest.number < LAST_COMMIT) return (newest?.number ?? 0) + 1;
  const key = KEYS.commit(newest.number);
  throw new StoreError(
    `${key} has the highest number that a commit can have, so nothing can be published after it. Run verify. If it is not a commit, remove it, and run again`,
  );
}

/** When a run can have committed. With a window, an old run is found as fast as a new one. */
export interface CommitWindow {
  readonly from: Date;
  readonly until: Date;
}

/**
 * Finds the commit of a run, whatever its run document says: the commits are the source of truth. Searches back from the newest commit,
 * and stops at a commit dated more than a day before the run, or created before the window.
 * @param dt the run's date. Its commit has this date, or the previous one if its event was delivered again after midnight
 */
export async function commitOfRun(
  store: Store,
  runId: string,
  dt: string,
  window?: CommitWindow,
): Promise<CommitEntry | undefined> {
  return commitOfRunAmong(store, await commitNumbers(store), runId, dt, window);
}

/** Like `commitOfRun`, among the commits with these numbers, ascending. */
export async function commitOfRunAmong(
  store: Store,
  numbers: readonly number[],
  runId: string,
  dt: string,
  window?: CommitWindow,
): Promise<CommitEntry | undefined> {
  const count = window ? await countUntil(store, numbers, window.until) : numbers.length;
  for (const number of numbers.slice(0, count).reverse()) {
    const entry = await readCommit(store, number);
    if (entry?.commit?.run_id === runId) return entry;
    if (entry?.commit && isBefore(entry.commit, dt, window)) return undefined;
  }
  return undefined;
}

const isBefore = (commit: Commit, dt: string, window: CommitWindow | undefined): boolean =>
  commit.dt < addDays(dt, -1) || (window !== undefined && Date.parse(commit.committed_at) < window.from.getTime());

/** How many commits were created by `end`, found by bisection. A damaged commit has no time, and counts as earlier. */
async function countUntil(store: Store, numbers: readonly number[], end: Date): Promise<number> {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const commit = (await readCommit(store, numbers[middle] ?? 0))?.commit;
    if (commit && Date.parse(commit.committed_at) > end.getTime()) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Creates the commit if its number is free.
 * @returns our own commit, or the other commit with its number
 * @throws StoreError if the store doesn't reveal which. The commit may then exist
 */
export async function createCommit(store: Store, commit: Commit): Promise<CommitEntry> {
  const key = KEYS.commit(commit.commit);
  const bytes = documentBytes(commit);
  let failure: StoreError | undefined;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      if ((await store.create(key, bytes)) === 'created') return parseCommit(commit.commit, bytes);
      failure = undefined; // it may exist because the client repeated a call whose response was lost
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failure = error; // the call may have taken effect
    }
    const entry = await lookForCommit(store, commit.commit);
    if (entry) return entry;
  }
  throw new StoreError(
    `${key} may be committed: the store gave no definite result. Run again. The next run finishes it or starts over${reasonOf(failure)}`,
    { cause: failure },
  );
}

async function lookForCommit(store: Store, number: number): Promise<CommitEntry | undefined> {
  try {
    return await readCommit(store, number);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(
      `${KEYS.commit(number)} may be committed: it could not be read back. Run again. The next run finds out${reasonOf(error)}`,
      { cause: error },
    );
  }
}

const reasonOf = (failure: StoreError | undefined): string => (failure ? `. The last failure: ${failure.message}` : '');
