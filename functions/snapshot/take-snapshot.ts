/** One run from start to end: records that it started, publishes, and records how it ended. */

import type { ChangeCounts } from './changes/change.ts';
import type { CommitEntry } from './commits/commit.ts';
import { commitNumbers, commitOfRun } from './commits/commit-log.ts';
import { documentBytes } from './commits/document.ts';
import { type Manifest, readManifest } from './commits/manifest.ts';
import {
  failedDocument,
  isReported,
  isUnderWay,
  publishedDocument,
  type RunDocument,
  recordRunning,
  runningDocument,
} from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { SupersededError } from './errors.ts';
import { type Made, PUBLISHING_STEPS, type PublishingSteps, publish } from './publish.ts';
import type { Known } from './reporting.ts';
import type { Run } from './run.ts';
import type { Source } from './source.ts';
import { readingAhead } from './store/read-ahead.ts';
import type { Store } from './store/store.ts';

/** What a run published. */
export interface TakenSnapshot {
  /** Null if a later run of the day had replaced it when this run read it. A run that promoted it doesn't read it again. */
  readonly manifest: Manifest | null;
  /** The newest sound snapshot before this one. Null if there is none, or if another delivery of the event published. */
  readonly before: Manifest | null;
  /** Its changes without those of the day's earlier run. Null if there was no comparison or another delivery of the event published. */
  readonly newChanges: ChangeCounts | null;
  /** Whether another delivery of the run's event published it. */
  readonly byOther: boolean;
  /** The fingerprint of the key with which this run signed its commit. Null if it is unsigned or another delivery created it. */
  readonly signedBy: string | null;
}

/** How a run ended: its run document, and the snapshot or the error. */
export type Outcome =
  | { readonly document: RunDocument; readonly snapshot: TakenSnapshot }
  | {
      readonly document: RunDocument;
      readonly snapshot?: undefined;
      /** An OperatorError, or a bug. Unless its message says otherwise, nothing was published and every object is unchanged. */
      readonly error: unknown;
    };

/**
 * Takes a snapshot: records that the run is in progress, publishes, reports to the alarms and records how it ended. Errors are returned
 * in the outcome.
 */
export async function takeSnapshot(
  run: Run,
  source: Source,
  wholeStore: Store,
  steps: PublishingSteps = PUBLISHING_STEPS,
): Promise<Outcome> {
  const running = runningDocument(run);
  const store = readingAhead(wholeStore);
  const [recorded, listed] = await Promise.allSettled([recordRunning(store, running), commitNumbers(store)]);
  if (recorded.status === 'rejected')
    return { document: failedDocument(running, recorded.reason, run.now(), null), error: recorded.reason };
  const earlier = recorded.value;
  if (earlier?.status === 'superseded') {
    const message = earlier.message ?? 'another run published. No action is needed';
    return { document: earlier, error: new SupersededError(message) };
  }
  // An earlier delivery may have committed after the list was made, and then recorded it. One that was only requested hadn't begun.
  const mayBeOld = earlier !== undefined && earlier.status !== 'requested';
  const [numbers = listed] = mayBeOld ? await Promise.allSettled([commitNumbers(store)]) : [];
  const publication = await publish(run, source, store, numbers, steps);
  store.forget();
  const { entry } = publication;
  if (!entry)
    return failed(
      run,
      store,
      steps,
      failedDocument(running, publication.error, run.now(), publication.rawKey),
      publication.error,
    );
  const document = publishedDocument(running, entry, run.now().toISOString());
  try {
    const { made } = publication;
    const known = await knownOf(made, entry, earlier, run, source, store, steps);
    const placed = made.by === 'this run' ? made.manifest : undefined;
    const manifest = await steps.afterCommit(entry, () =>
      recordPublished(run, store, steps, document, entry, known, placed),
    );
    const { before = null, newChanges = null } = known;
    const byOther = made.by !== 'this run';
    const signedBy = made.by === 'this run' ? made.signedBy : null;
    return { document, snapshot: { manifest, before, newChanges, byOther, signedBy } };
  } catch (error) {
    return failed(run, store, steps, failedDocument(running, error, run.now(), document.raw_key), error);
  }
}

/** If another delivery of the event created the commit, that delivery counts the publication. If it failed or was killed, this run does. */
async function knownOf(
  made: Made,
  { number }: CommitEntry,
  earlier: RunDocument | undefined,
  run: Run,
  source: Source,
  store: Store,
  steps: PublishingSteps,
): Promise<Known> {
  if (made.by === 'this run')
    return {
      isCounted: true,
      before: made.before,
      newChanges: made.newChanges,
      isUnsigned: run.signer ? made.signedBy === null : null,
    };
  if (earlier && isReported(earlier, number)) return { isCounted: false };
  const mayBeAtWork =
    made.by === 'a delivery at the same time' || (earlier !== undefined && isUnderWay(earlier, run.now()));
  return { isCounted: !(mayBeAtWork && (await steps.awaitOther(run, source, store, number))) };
}

/**
 * Records the publication, but only after it has been reported to the alarms.
 * @param placed the manifest, if this run has just promoted it. Otherwise, it is read
 */
async function recordPublished(
  run: Run,
  store: Store,
  steps: PublishingSteps,
  document: RunDocument,
  entry: CommitEntry,
  known: Known,
  placed?: Manifest | null,
): Promise<Manifest | null> {
  const manifest = placed === undefined ? await readManifest(store, entry) : placed;
  if (manifest) await steps.report(run, store, entry, manifest, known);
  await store.replace(KEYS.run(document.run_id), documentBytes(document));
  return manifest;
}

async function failed(
  run: Run,
  store: Store,
  steps: PublishingSteps,
  document: RunDocument,
  error: unknown,
): Promise<Outcome> {
  const recorded = await recordFailure(run, store, steps, document).catch(() => document); // the first failure is the one to report
  return { document: recorded, error };
}

/**
 * Records how a run failed, then checks whether it was published anyway, since the commits are the source of truth. If its manifest
 * hasn't been promoted yet, the document keeps the message, and the run that finishes the commit reports it.
 * @returns the last document written
 */
async function recordFailure(
  run: Run,
  store: Store,
  steps: PublishingSteps,
  document: RunDocument,
): Promise<RunDocument> {
  await store.replace(KEYS.run(run.runId), documentBytes(document));
  const entry = await commitOfRun(store, run.runId, run.dt);
  if (!entry) return document;
  const published = publishedDocument(document, entry, document.ended_at ?? document.expires_at);
  const manifest = await readManifest(store, entry);
  if (!manifest) {
    const unreported = { ...published, message: document.message };
    await store.replace(KEYS.run(run.runId), documentBytes(unreported));
    return unreported;
  }
  await recordPublished(run, store, steps, published, entry, { isCounted: true });
  return published;
}
