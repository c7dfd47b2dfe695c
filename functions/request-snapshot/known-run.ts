import { type CommitEntry, jsonOf } from '../snapshot/commits/commit.ts';
import { publishedDocument, RUN_DOCUMENT, type RunDocument } from '../snapshot/commits/run-document.ts';
import type { Store } from '../snapshot/store/store.ts';
import { commitOf } from './run-commit.ts';
import type { RunId } from './run-id.ts';

const DAY_MILLISECONDS = 86_400_000;

/** What became of a run, and its commit where there is one. */
export interface KnownRun {
  readonly document: RunDocument;
  readonly entry: CommitEntry | undefined;
}

/** The run document as it lies, held against the commits, which are the truth, and against the clock. */
export async function knownRun(store: Store, run: RunId, bytes: Buffer, now: Date): Promise<KnownRun> {
  const written = RUN_DOCUMENT.safeParse(jsonOf(bytes)).data ?? damagedDocument(run);
  const entry = await commitOf(store, run, written);
  if (!entry) return { document: withoutCommit(written, now), entry };
  const endedAt = written.ended_at ?? entry.commit?.committed_at ?? written.expires_at;
  return { document: publishedDocument(written, entry, endedAt), entry };
}

/** Such a run asks for nothing more: whoever waits for its end would wait for ever. */
function withoutCommit(written: RunDocument, now: Date): RunDocument {
  const { commit: _commit, commit_sha256: _sha256, ...document } = written;
  const failed = (message: string): RunDocument => ({ ...document, status: 'failed', code: null, message });
  if (document.status === 'published') return failed('its commit is damaged or was removed. Run verify');
  const isOver = !(Date.parse(document.expires_at) > now.getTime());
  if (document.status === 'requested' && isOver) return failed('its invocation never came. Ask for a snapshot again');
  if (document.status === 'running' && isOver) return failed('it was killed. Ask for a snapshot again');
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
  message: 'its run document is damaged: how it ended is not known. Ask for a snapshot again',
  raw_key: null,
});
