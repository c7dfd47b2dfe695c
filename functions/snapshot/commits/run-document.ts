/** The run document: its schema, its states, and how a run records that it started and how it ended. */

import * as z from 'zod';
import { KEYS, TRIGGERS, type Trigger } from '../contract.ts';
import type { Deadline } from '../deadline.ts';
import { OperatorError, RefusedSnapshotError, SupersededError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { type CommitEntry, objectOf } from './commit.ts';
import { documentBytes, readDocument } from './document.ts';

/** How a run ended, or that it is in progress. It is only a report. The commits are the source of truth. Times are ISO 8601 UTC. */
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

/** The document of a run that begins now. It expires at the run's deadline. */
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

/** Whether the run may still be in progress. */
export const isUnderWay = ({ status, expires_at }: RunDocument, now: Date): boolean =>
  (status === 'running' || status === 'requested') && Date.parse(expires_at) > now.getTime();

/**
 * Whether the commit has been reported to the alarms. A run records `published` only after the report, or adds a message that says why
 * there was none. Terminal runs have no alarms.
 */
export const isReported = ({ status, commit, message, trigger }: RunDocument, number: number): boolean =>
  status === 'published' && commit === number && message === null && trigger !== 'local';

/**
 * Records that a run is in progress. Replaces the document that the API wrote when it requested the run, and that of an earlier delivery
 * that failed or was killed. A document that says published or superseded stays.
 * @returns the existing document: the API's, or that of an earlier delivery of the event
 */
export async function recordRunning(store: Store, running: RunDocument): Promise<RunDocument | undefined> {
  const key = KEYS.run(running.run_id);
  if ((await store.create(key, documentBytes(running))) === 'created') return undefined;
  const before = await readDocument(store, key, RUN_DOCUMENT);
  if (before?.status !== 'superseded' && before?.status !== 'published')
    await store.replace(key, documentBytes(running));
  return before;
}

/** The document of a run that ended with an error. A bug's own message isn't stored, since it may quote anything. */
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
