/** Reads together what a run needs of the newest commits before it calls Anodot. In a bucket, each read costs a round trip. */

import { type Commit, parseCommit } from './commits/commit.ts';
import { KEYS } from './contract.ts';
import type { Run } from './run.ts';
import type { ReadAheadStore } from './store/read-ahead.ts';

/** On most days a run needs the newest commit and the one before. A second run of a day needs one more. */
const COMMITS = 3;

/**
 * Reads the newest commits, then the manifests of this day and of the day before it in the log, and the run document of the newest
 * commit. Never fails: what can't be read is read again when it is needed.
 */
export async function readAheadNewest(run: Run, store: ReadAheadStore, numbers: readonly number[]): Promise<void> {
  const newest = numbers.slice(-COMMITS).reverse();
  const found = await store.readAhead(newest.map(KEYS.commit));
  const commits = found.map((bytes, i) => bytes && parseCommit(newest[i] ?? 0, bytes).commit);
  const ahead = commits.filter((commit) => commit !== undefined);
  const earlier = ahead.findIndex(({ dt }) => dt < run.dt);
  const days = new Set(ahead.slice(0, earlier === -1 ? COMMITS : earlier + 1).map(({ dt }) => dt));
  const reported = reportsOthers(run) ? commits.slice(0, 1) : [];
  await store.readAhead([...[...days].map(KEYS.manifest), ...reported.flatMap(runKeyOf)]);
}

const reportsOthers = (run: Run): boolean => run.onPublished !== undefined || run.othersHaveAlarms;

const runKeyOf = (commit: Commit | undefined): string[] => (commit ? [KEYS.run(commit.run_id)] : []);
