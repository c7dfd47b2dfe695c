import { parseDocument } from '../snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../snapshot/commits/run-document.ts';
import { FOLDERS, KEYS } from '../snapshot/contract.ts';
import type { BucketStore } from '../snapshot/store/bucket/bucket-store.ts';
import { compactUtc } from '../snapshot/utc-day.ts';
import { knownRun } from './known-run.ts';
import { parseRunId, type RunId } from './run-id.ts';

/**
 * How long no one may start another run after one that failed or was refused: its cause is hardly fixed sooner, and every attempt
 * exchanges the token again.
 */
const PAUSE_MILLISECONDS = 60_000;
/** Ids of runs begin with the hour in which they were due. One that ends now was due in this hour or the one before, however it was retried. */
const HOUR_MILLISECONDS = 3_600_000;
/** The documents of so many of the newest runs are read: a request has thirty seconds. */
const MOST_DOCUMENTS = 20;

/** A run that failed or was refused within the last minute, and the seconds after which another may be started. */
export interface RecentFailure {
  readonly document: RunDocument;
  readonly seconds: number;
}

/** The failure that ended last; undefined if none is recent. A run that never began or was killed says no end, and isn't one. */
export async function recentFailure(store: BucketStore, now: Date): Promise<RecentFailure | undefined> {
  const hours = [new Date(now.getTime() - HOUR_MILLISECONDS), now].map((time) =>
    compactUtc(time.toISOString()).slice(0, 11),
  );
  const keys = await Promise.all(hours.map((hour) => store.list(`${FOLDERS.runs}${hour}`)));
  const runs = keys.flat().flatMap(runOf);
  const newest = runs.sort((a, b) => b.time.getTime() - a.time.getTime()).slice(0, MOST_DOCUMENTS);
  const failures = await Promise.all(newest.map((run) => failureOf(store, run, now)));
  return failures.filter((one) => one !== undefined).sort((a, b) => b.seconds - a.seconds)[0];
}

/** The run of a document's key; nothing for other keys. */
function runOf(key: string): RunId[] {
  const run = parseRunId(key.slice(FOLDERS.runs.length).replace(/\.json$/, ''));
  return run && key === KEYS.run(run.text) ? [run] : [];
}

async function failureOf(store: BucketStore, run: RunId, now: Date): Promise<RecentFailure | undefined> {
  const bytes = await store.read(KEYS.run(run.text));
  const written = bytes && parseDocument(RUN_DOCUMENT, bytes);
  const seconds = written ? secondsLeft(written, now) : 0;
  if (!bytes || seconds === 0) return undefined;
  const { document } = await knownRun(store, run, bytes, now);
  return isFailure(document) ? { document, seconds } : undefined; // otherwise it has a commit all the same
}

const isFailure = ({ status }: RunDocument): boolean => status === 'failed' || status === 'refused';

/** 0 unless the run began, failed and ended less than a minute from now; clocks differ. */
function secondsLeft(document: RunDocument, now: Date): number {
  if (!isFailure(document) || document.started_at === null || document.ended_at === null) return 0;
  const since = now.getTime() - Date.parse(document.ended_at);
  if (!(Math.abs(since) < PAUSE_MILLISECONDS)) return 0;
  return Math.ceil((PAUSE_MILLISECONDS - Math.max(0, since)) / 1000);
}
