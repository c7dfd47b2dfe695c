import type { CommitEntry } from '../snapshot/commits/commit.ts';
import { commitNumbers, readCommit } from '../snapshot/commits/commit-log.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import type { Store } from '../snapshot/store/store.ts';
import type { RunId } from './run-id.ts';

/** By how much the clocks of two runs may differ, and how long an execution may go on when another has ended. */
const SLACK_MILLISECONDS = 3_600_000;

/**
 * The commit of a run, whatever its document says: the commits are the truth. Only those are read that lie between its id and its end,
 * so that an old run is found as fast as a new one.
 */
export async function commitOf(store: Store, run: RunId, document: RunDocument): Promise<CommitEntry | undefined> {
  const named = document.commit === undefined ? undefined : await readCommit(store, document.commit);
  if (named?.commit?.run_id === run.text) return named;
  const numbers = await commitNumbers(store);
  const end = Date.parse(document.ended_at ?? document.expires_at) + SLACK_MILLISECONDS;
  const from = await firstSince(store, numbers, run.time.getTime() - SLACK_MILLISECONDS);
  for (const number of numbers.slice(from)) {
    const entry = await readCommit(store, number);
    if (entry?.commit?.run_id === run.text) return entry;
    if (entry?.commit && Date.parse(entry.commit.committed_at) > end) return undefined;
  }
  return undefined;
}

/** How many of the commits are older than a time: they lie in the order of their times. A damaged one may be younger. */
async function firstSince(store: Store, numbers: readonly number[], time: number): Promise<number> {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const commit = (await readCommit(store, numbers[middle] ?? 0))?.commit;
    if (commit && Date.parse(commit.committed_at) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
