import { documentBytes } from '../snapshot/commits/document.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { KEYS } from '../snapshot/contract.ts';
import { StoreError } from '../snapshot/errors.ts';
import type { BucketStore } from '../snapshot/store/bucket/bucket-store.ts';
import type { Version } from '../snapshot/store/bucket/versions.ts';
import { knownRun } from './known-run.ts';
import { recentFailure } from './recent-failure.ts';
import type { RunId } from './run-id.ts';

const TRIES = 5;
/** An invocation that hasn't arrived by then is considered lost. */
const REQUEST_MILLISECONDS = 60_000;

/** The result of a request: a run was started, an earlier one is shared, it couldn't be started, or another run has just failed. */
export type Asked =
  | { readonly outcome: 'started' | 'shared' | 'not started'; readonly document: RunDocument }
  | { readonly outcome: 'too soon'; readonly document: RunDocument; readonly seconds: number };

/** Invokes the function that takes snapshots, without waiting for its result. @returns why it couldn't be invoked. Undefined if it was */
export type Invoke = (runId: string) => Promise<string | undefined>;

/**
 * Starts a run, unless the run with this id is in progress, was published or was superseded, or any run has just failed.
 *
 * If several callers request it at once, or find the same failed run, only one of them can record the request, and only that one invokes
 * the function. The invocation may still arrive twice, since Lambda delivers at least once and retries failed runs, or arrive late after
 * it was reported as failed. All have the same run id, and a run id has at most one commit.
 * @throws StoreError if the store can't be read or written. If only the response to the write was lost, the run stays requested until it
 *   expires
 */
export async function startRun(store: BucketStore, run: RunId, invoke: Invoke, now: () => Date): Promise<Asked> {
  const key = KEYS.run(run.text);
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const seen = await store.readVersion(key);
    const known = seen && (await knownRun(store, run, seen.bytes, now()));
    if (known && isShared(known.document)) return { outcome: 'shared', document: known.document };
    const failed = await recentFailure(store, now());
    if (failed) return { outcome: 'too soon', ...failed };
    const requested = requestedDocument(run, now());
    const written = await store.writeVersion(key, documentBytes(requested), seen);
    if (written) return invokeFor(store, requested, written, invoke, now);
  }
  throw new StoreError(`${store.location}: other requests wrote ${key} first, ${TRIES} times in a row. Try again`);
}

/** `knownRun` has already turned expired runs into failed ones. */
const isShared = ({ status }: RunDocument): boolean =>
  status === 'requested' || status === 'running' || status === 'published' || status === 'superseded';

const requestedDocument = ({ text, trigger }: RunId, now: Date): RunDocument => ({
  run_id: text,
  dt: null,
  trigger,
  started_at: null,
  expires_at: new Date(now.getTime() + REQUEST_MILLISECONDS).toISOString(),
  ended_at: null,
  status: 'requested',
  code: null,
  message: null,
  raw_key: null,
});

async function invokeFor(
  store: BucketStore,
  requested: RunDocument,
  written: Version,
  invoke: Invoke,
  now: () => Date,
): Promise<Asked> {
  const message = await invoke(requested.run_id);
  if (message === undefined) return { outcome: 'started', document: requested };
  const failed: RunDocument = { ...requested, ended_at: now().toISOString(), status: 'failed', message };
  return (await isOvertaken(store, failed, written))
    ? { outcome: 'started', document: requested }
    : { outcome: 'not started', document: failed };
}

/** Replaces only our own document. If only Lambda's response was lost, the run has started, and updates the document itself. */
async function isOvertaken(store: BucketStore, failed: RunDocument, written: Version): Promise<boolean> {
  try {
    return (await store.writeVersion(KEYS.run(failed.run_id), documentBytes(failed), written)) === undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false; // it stays requested until it expires
  }
}
