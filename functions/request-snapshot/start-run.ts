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
/** After this an invocation that hasn't come is taken for one that never will. */
const REQUEST_MILLISECONDS = 60_000;

/** What came of asking for a run: it was started, is shared with earlier callers, could not be started, or another failed just now. */
export type Asked =
  | { readonly outcome: 'started' | 'shared' | 'not started'; readonly document: RunDocument }
  | { readonly outcome: 'too soon'; readonly document: RunDocument; readonly seconds: number };

/** Invokes the function that takes snapshots, which answers nothing. @returns what kept it from being invoked, if anything did */
export type Invoke = (runId: string) => Promise<string | undefined>;

/**
 * Starts a run, unless one of this id is under way, was published or was superseded, or any run has just failed.
 *
 * Of those who ask at once, and of those who find the same failed run, one writes that the run is requested, and only that one invokes.
 * The invocation itself may come twice (Lambda delivers at least once, and tries again where a run fails), and one that was given up may
 * come late: all have the same run id, and a run id is one commit at most.
 * @throws StoreError where the store can't be read or written; where it is the answer to the request that was lost, the run counts as
 *   requested and never came
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
  throw new StoreError(`${store.location}: ${key} was written by others ${TRIES} times in a row. Ask again`);
}

/** Past its time a run is no longer `requested` or `running` here. */
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

/** Writes only over our own: an invocation whose answer was lost has come all the same, and says itself how it goes on. */
async function isOvertaken(store: BucketStore, failed: RunDocument, written: Version): Promise<boolean> {
  try {
    return (await store.writeVersion(KEYS.run(failed.run_id), documentBytes(failed), written)) === undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false; // it stays requested for its minute, and counts as one that never came
  }
}
