import type { CommitEntry } from '../snapshot/commits/commit.ts';
import { commitOfRun, readCommit } from '../snapshot/commits/commit-log.ts';
import { parseDocument } from '../snapshot/commits/document.ts';
import { publishedDocument, RUN_DOCUMENT, type RunDocument } from '../snapshot/commits/run-document.ts';
import type { Store } from '../snapshot/store/store.ts';
import { DAY_MILLISECONDS, dtOf } from '../snapshot/utc-day.ts';
import type { RunId } from './run-id.ts';

/** By how much the clocks of two runs may differ, and how long one delivery of an event may go on after another has ended. */
const SLACK_MILLISECONDS = 3_600_000;

/** How a run is going or how it ended, and its commit if it has one. */
export interface KnownRun {
  readonly document: RunDocument;
  readonly entry: CommitEntry | undefined;
}

/** The stored run document, corrected by the commits, which are the source of truth, and by the clock. */
export async function knownRun(store: Store, run: RunId, bytes: Buffer, now: Date): Promise<KnownRun> {
  const written = parseDocument(RUN_DOCUMENT, bytes) ?? damagedDocument(run);
  const entry = await commitOf(store, run, written);
  if (!entry) return { document: withoutCommit(written, now), entry };
  const endedAt = written.ended_at ?? entry.commit?.committed_at ?? written.expires_at;
  return { document: publishedDocument(written, entry, endedAt), entry };
}

/** The commit that the document names, or else the run's commit in the log. */
export async function commitOf(store: Store, run: RunId, document: RunDocument): Promise<CommitEntry | undefined> {
  const named = document.commit === undefined ? undefined : await readCommit(store, document.commit);
  if (named?.commit?.run_id === run.text) return named;
  const from = new Date(run.time.getTime() - SLACK_MILLISECONDS);
  const until = new Date(Date.parse(document.ended_at ?? document.expires_at) + SLACK_MILLISECONDS);
  return commitOfRun(store, run.text, dtOf(run.time), { from, until });
}

/** A run without a commit is over once its time is up. Otherwise a caller would wait forever for a run that was killed. */
function withoutCommit(written: RunDocument, now: Date): RunDocument {
  const { commit: _commit, commit_sha256: _sha256, ...document } = written;
  const failed = (message: string): RunDocument => ({ ...document, status: 'failed', code: null, message });
  if (document.status === 'published') return failed('its commit is damaged or was removed. Run verify');
  const isOver = !(Date.parse(document.expires_at) > now.getTime());
  if (document.status === 'requested' && isOver)
    return failed('its invocation never arrived. Request a snapshot again');
  if (document.status === 'running' && isOver) return failed('it was killed. Request a snapshot again');
  return document;
}

const damagedDocument = ({ text, time, trigger }: RunId): RunDocument => ({
  run_id: text,
  dt: null,
  trigger,
  started_at: null,
  expires_at: new Date(time.getTime() + DAY_MILLISECONDS).toISOString(),
  ended_at: null,
  status: 'failed',
  code: null,
  message: 'its run document is damaged, so how it ended is unknown. Request a snapshot again',
  raw_key: null,
});
