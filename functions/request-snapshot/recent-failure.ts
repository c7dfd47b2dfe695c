import { parseDocument } from '../snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../snapshot/commits/run-document.ts';
import { FOLDERS, KEYS } from '../snapshot/contract.ts';
import type { BucketStore } from '../snapshot/store/bucket/bucket-store.ts';
import { compactUtc, DAY_MILLISECONDS } from '../snapshot/utc-day.ts';
import { knownRun } from './known-run.ts';
import { parseRunId, type RunId } from './run-id.ts';

/**
 * How long no run may be started after one that failed or was refused. Its cause is almost certainly not fixed any sooner, and every
 * run exchanges the token again.
 */
const PAUSE_MILLISECONDS = 60_000;
/**
 * The id of a run begins with the time at which it was due. Delivery and its retries may take hours, and an operator may redeliver an
 * event, so all runs of today and yesterday are read.
 */
const LOOK_BACK_MILLISECONDS = DAY_MILLISECONDS;
/** How many documents to read at the same time. Two days have at most about 600, one for every five minutes. */
const AT_ONCE = 16;

/** A run that failed or was refused within the last minute, and the seconds until another may be started. */
export interface RecentFailure {
  readonly document: RunDocument;
  readonly seconds: number;
}

/** The latest recent failure, as `GET /runs/{run_id}` reports it. Undefined if there is none. */
export async function recentFailure(store: BucketStore, now: Date): Promise<RecentFailure | undefined> {
  const runs = await runsOf(store, daysAround(now));
  let latest: RecentFailure | undefined;
  for (let first = 0; first < runs.length; first += AT_ONCE) {
    const batch = runs.slice(first, first + AT_ONCE);
    for (const found of await Promise.all(batch.map((run) => failureOf(store, run, now))))
      if (found && found.seconds > (latest?.seconds ?? 0)) latest = found;
  }
  return latest;
}

/** The first eight characters of the ids: yesterday, today, and tomorrow, if a fast clock may have reached it. */
function daysAround(now: Date): ReadonlySet<string> {
  const times = [-LOOK_BACK_MILLISECONDS, 0, PAUSE_MILLISECONDS].map((offset) => new Date(now.getTime() + offset));
  return new Set(times.map((time) => compactUtc(time.toISOString()).slice(0, 8)));
}

async function runsOf(store: BucketStore, days: ReadonlySet<string>): Promise<RunId[]> {
  const keys = await Promise.all([...days].map((day) => store.list(`${FOLDERS.runs}${day}`)));
  return keys.flat().flatMap(runOf);
}

/** The run of a document's key. Empty for other keys. */
function runOf(key: string): RunId[] {
  const run = parseRunId(key.slice(FOLDERS.runs.length).replace(/\.json$/, ''));
  return run && key === KEYS.run(run.text) ? [run] : [];
}

async function failureOf(store: BucketStore, run: RunId, now: Date): Promise<RecentFailure | undefined> {
  const bytes = await store.read(KEYS.run(run.text));
  const written = bytes && parseDocument(RUN_DOCUMENT, bytes);
  const seconds = written ? secondsLeft(written, now) : 0;
  if (!bytes || seconds === 0) return undefined;
  const { document } = await knownRun(store, run, bytes, now); // it may have a commit after all, or have been killed
  return document.status === 'failed' || document.status === 'refused' ? { document, seconds } : undefined;
}

/** 0 unless it ended, or its time ran out, less than a minute before or after now, since clocks differ. */
function secondsLeft(document: RunDocument, now: Date): number {
  const since = now.getTime() - Date.parse(endOf(document));
  if (!(Math.abs(since) < PAUSE_MILLISECONDS)) return 0;
  return Math.ceil((PAUSE_MILLISECONDS - Math.max(0, since)) / 1000);
}

/** A run that was killed or never began has no end, so it ends when it expires. One that couldn't be invoked needs no pause: it never used the token. */
function endOf({ started_at, ended_at, expires_at }: RunDocument): string {
  if (ended_at === null) return expires_at;
  return started_at === null ? '' : ended_at;
}
