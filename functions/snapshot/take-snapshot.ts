import { addedChanges, type ChangeCounts } from './changes/change.ts';
import type { CommitEntry } from './commits/commit.ts';
import { documentBytes } from './commits/document.ts';
import { type Manifest, readManifest } from './commits/manifest.ts';
import {
  failedDocument,
  publishedDocument,
  type RunDocument,
  recordFailure,
  recordRunning,
  runningDocument,
} from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { SupersededError } from './errors.ts';
import { PUBLISHING_STEPS, type PublishingSteps, publish } from './publish.ts';
import type { Run } from './run.ts';
import type { Source } from './source.ts';
import type { Store } from './store/store.ts';

/** What a run published. */
export interface TakenSnapshot {
  /** Null if another run of the day has replaced it since. */
  readonly manifest: Manifest | null;
  /** The newest sound snapshot before this one, of today or earlier; null if there is none, or this event was delivered before. */
  readonly before: Manifest | null;
  /** What the manifest's changes add to an earlier run's of the day; null with nothing to compare. */
  readonly newChanges: ChangeCounts | null;
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

/** Takes a snapshot: records that the run is in progress, publishes, records how it ended. Never throws what its outcome can say. */
export async function takeSnapshot(
  run: Run,
  source: Source,
  store: Store,
  steps: PublishingSteps = PUBLISHING_STEPS,
): Promise<Outcome> {
  const running = runningDocument(run);
  let earlier: RunDocument | undefined;
  try {
    earlier = await recordRunning(store, running);
  } catch (error) {
    return { document: failedDocument(running, error, run.now(), null), error };
  }
  if (earlier) {
    const message = earlier.message ?? 'another run published; nothing needs to be done';
    return { document: earlier, error: new SupersededError(message) };
  }
  const publication = await publish(run, source, store, steps);
  if (!publication.entry) return failed(run, store, running, publication.error, publication.rawKey);
  const document = publishedDocument(running, publication.entry, run.now().toISOString());
  try {
    const manifest = await steps.afterCommit(publication.entry, () =>
      recordPublished(store, document, publication.entry),
    );
    return { document, snapshot: snapshotOf(run, manifest, publication.before) };
  } catch (error) {
    return failed(run, store, running, error, document.raw_key);
  }
}

async function recordPublished(store: Store, document: RunDocument, entry: CommitEntry): Promise<Manifest | null> {
  await store.replace(KEYS.run(document.run_id), documentBytes(document));
  return readManifest(store, entry);
}

function snapshotOf(run: Run, manifest: Manifest | null, before: Manifest | null): TakenSnapshot {
  const sameDay = before?.dt === run.dt ? before.changes : null;
  const newChanges = before !== null && manifest?.changes ? addedChanges(manifest.changes, sameDay) : null;
  return { manifest, before, newChanges };
}

async function failed(
  run: Run,
  store: Store,
  running: RunDocument,
  error: unknown,
  rawKey: string | null,
): Promise<Outcome> {
  const document = failedDocument(running, error, run.now(), rawKey);
  const recorded = await recordFailure(store, document).catch(() => document); // the first failure is the one to report
  return { document: recorded, error };
}
