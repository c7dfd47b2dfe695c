import * as z from 'zod';
import { KEYS, TRIGGERS, type Trigger } from '../contract.ts';
import type { Deadline } from '../deadline.ts';
import { OperatorError, RefusedSnapshotError, SupersededError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { type CommitEntry, objectOf } from './commit.ts';
import { commitOfRun } from './commit-log.ts';
import { documentBytes, readDocument } from './document.ts';

/** How a run ended, or that it is in progress. It is a report: the commits are the truth. Times are ISO 8601 UTC. */
export const RUN_DOCUMENT = z.strictObject({
  run_id: z.string(),
  dt: z.string().nullable(),
  trigger: z.enum(TRIGGERS),
  started_at: z.string().nullable(),
  expires_at: z.string(),
  ended_at: z.string().nullable(),
  status: z.enum(['requested', 'running', 'published', 'refused', 'failed', 'superseded']),
  code: z.int().nullable(),
  message: z.string().nullable(),
  raw_key: z.string().nullable(),
  commit: z.int().optional(),
  commit_sha256: z.string().optional(),
});
export type RunDocument = z.infer<typeof RUN_DOCUMENT>;

/** The document of a run that begins now and has until its deadline. */
export function runningDocument(run: {
  readonly runId: string;
  readonly dt: string;
  readonly trigger: Trigger;
  readonly startedAt: Date;
  readonly deadline: Deadline;
  readonly now: () => Date;
}): RunDocument {
  return {
    run_id: run.runId,
    dt: run.dt,
    trigger: run.trigger,
    started_at: run.startedAt.toISOString(),
    expires_at: new Date(run.now().getTime() + run.deadline.remaining()).toISOString(),
    ended_at: null,
    status: 'running',
    code: null,
    message: null,
    raw_key: null,
  };
}

/**
 * Records that a run is in progress. A document that the API wrote when it requested the run, or an earlier attempt that failed or was
 * killed, is replaced. One that says published or superseded stays.
 * @returns the document of an earlier delivery of the event that was superseded: its result is this run's as well
 */
export async function recordRunning(store: Store, running: RunDocument): Promise<RunDocument | undefined> {
  const key = KEYS.run(running.run_id);
  if ((await store.create(key, documentBytes(running))) === 'created') return undefined;
  const before = await readDocument(store, key, RUN_DOCUMENT);
  if (before?.status === 'superseded') return before;
  if (before?.status !== 'published') await store.replace(key, documentBytes(running));
  return undefined;
}

/** The document of a run that ended with an error. A bug's own message may quote anything, so it isn't stored. */
export function failedDocument(
  running: RunDocument,
  error: unknown,
  endedAt: Date,
  rawKey: string | null,
): RunDocument {
  const known = error instanceof OperatorError;
  return {
    ...running,
    ended_at: endedAt.toISOString(),
    status:
      error instanceof RefusedSnapshotError ? 'refused' : error instanceof SupersededError ? 'superseded' : 'failed',
    code: known ? error.code : 1,
    message: known ? error.message : 'a bug: see the log',
    raw_key: rawKey,
  };
}

/**
 * Records how a run failed, then checks whether it was published all the same: the commits are the truth.
 * @returns the document that was written last
 */
export async function recordFailure(store: Store, document: RunDocument): Promise<RunDocument> {
  await store.replace(KEYS.run(document.run_id), documentBytes(document));
  const entry = document.dt === null ? undefined : await commitOfRun(store, document.run_id, document.dt);
  if (!entry) return document;
  const published = publishedDocument(document, entry, document.ended_at ?? document.expires_at);
  await store.replace(KEYS.run(document.run_id), documentBytes(published));
  return published;
}

export function publishedDocument(
  document: RunDocument,
  { number, sha256, commit }: CommitEntry,
  endedAt: string,
): RunDocument {
  return {
    ...document,
    dt: commit?.dt ?? document.dt, // an event delivered again after midnight has the previous day's result
    ended_at: endedAt,
    status: 'published',
    code: 0,
    message: null,
    raw_key: (commit && objectOf(commit, 'raw')?.key) ?? null,
    commit: number,
    commit_sha256: sha256,
  };
}
