import type { CommitEntry } from './commits/commit.ts';
import { readCommit } from './commits/commit-log.ts';
import { documentBytes, readDocument } from './commits/document.ts';
import { MANIFEST, type Manifest, readManifest } from './commits/manifest.ts';
import { isReported, isUnderWay, publishedDocument, RUN_DOCUMENT, type RunDocument } from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { driftSince, type PublicationReport } from './publication-report.ts';
import type { Run } from './run.ts';
import type { Store } from './store/store.ts';
import { addDays, daysBetween } from './utc-day.ts';

/**
 * Every commit is reported to the alarms once or more, never zero times: by its own run before the run document says so, or else by the
 * next run before it does anything else.
 */

/** What the caller knows of a publication beyond its manifest. */
export type Known = Pick<PublicationReport, 'isCounted'> & Partial<Pick<PublicationReport, 'before' | 'newChanges'>>;

/** How many commits that a terminal made a run looks back over: a year of days. Older ones are history, and no news. */
const MOST_LOCAL = 400;
/** How many commits are tried to find the manifest before one: more have lost theirs only in a damaged store. */
const BEFORE_TRIES = 10;

/** Reports a commit that is in place. The run that made it also warns of what Anodot hasn't said before. */
export async function reportPublication(
  run: Run,
  store: Store,
  entry: CommitEntry,
  manifest: Manifest,
  known: Known,
): Promise<void> {
  for (const [list, count] of Object.entries(known.before ? driftSince(manifest, known.before) : {})) {
    const names = count === 1 ? '1 name' : `${count} names`;
    run.onWarning(
      `drift.${list} has ${names} that the snapshot of ${known.before?.dt} doesn't have. Look at ${KEYS.manifest(manifest.dt)}`,
    );
  }
  if (!run.onPublished) return;
  const earlier = await earlierThan(store, entry);
  const before = known.before === undefined ? earlier.manifest : known.before;
  run.onPublished({
    manifest,
    isCounted: known.isCounted,
    before,
    newChanges: known.newChanges === undefined ? manifest.changes : known.newChanges,
    missingDays: earlier.dt === undefined ? 0 : daysBetween(addDays(earlier.dt, 1), manifest.dt).length,
    newDrift: before === null ? {} : driftSince(manifest, before),
  });
}

/**
 * Reports the newest commit, unless its run document shows that this was done, and those before it that were made from a terminal. The
 * run that made the newest commit has done the same for the one before. A run without alarms keeps what it may replace for the next
 * run that has them.
 */
export async function reportEarlier(run: Run, store: Store, newest: CommitEntry): Promise<void> {
  if (!run.onPublished) return run.othersHaveAlarms ? keepUnreported(run, store, newest) : undefined;
  let entry: CommitEntry | undefined = newest;
  for (let looked = 0; entry && looked < MOST_LOCAL; looked++) {
    const { number, commit } = entry;
    if (commit?.run_id === run.runId) return;
    if (commit && commit.dt <= run.dt && !(await reportUnlessDone(run, store, entry))) return;
    entry = await readCommit(store, number - 1);
  }
}

/** @returns whether the commit before it may not have been reported either, because a terminal made this one */
async function reportUnlessDone(run: Run, store: Store, entry: CommitEntry): Promise<boolean> {
  if (!entry.commit) return true;
  const key = KEYS.run(entry.commit.run_id);
  const document = await readDocument(store, key, RUN_DOCUMENT);
  if (document && isReported(document, entry.number)) return false;
  const manifest = await readManifest(store, entry);
  const isLocal = (manifest ?? document)?.trigger === 'local';
  if (isLocal) await reportReplaced(run, store, entry.commit.run_id);
  if (!manifest) return isLocal;
  const isOver = !document || !isUnderWay(document, run.now());
  await reportPublication(run, store, entry, manifest, { isCounted: isOver && !isLocal });
  if (isOver && !isLocal) {
    const ended = publishedDocument(document ?? documentOf(manifest), entry, manifest.published_at);
    await store.replace(key, documentBytes(ended));
  }
  return isLocal;
}

/** Reports what the run, which had no alarms, has replaced. */
async function reportReplaced(run: Run, store: Store, runId: string): Promise<void> {
  const manifest = await readDocument(store, KEYS.unreported(runId), MANIFEST);
  const entry = manifest && (await readCommit(store, manifest.commit));
  if (entry) await reportPublication(run, store, entry, manifest, { isCounted: false });
}

/** The day's snapshot that this run may replace has administrators whom no alarm may know of: its manifest is kept. */
async function keepUnreported(run: Run, store: Store, newest: CommitEntry): Promise<void> {
  const { number, commit } = newest;
  if (commit?.dt !== run.dt || commit.run_id === run.runId) return;
  const manifest = await readManifest(store, newest);
  if (!manifest?.changes?.admin_granted) return;
  const document = await readDocument(store, KEYS.run(commit.run_id), RUN_DOCUMENT);
  if (document && isReported(document, number)) return;
  await store.replace(KEYS.unreported(run.runId), documentBytes(manifest));
}

/** The date and the manifest of what was published before a commit, each of the newest commit that has it. */
async function earlierThan(
  store: Store,
  { number, commit }: CommitEntry,
): Promise<{ readonly dt: string | undefined; readonly manifest: Manifest | null }> {
  let dt: string | undefined;
  for (let earlier = number - 1; earlier > Math.max(0, number - 1 - BEFORE_TRIES); earlier--) {
    const entry = await readCommit(store, earlier);
    if (!entry?.commit || (commit && entry.commit.dt > commit.dt)) continue; // damaged
    dt ??= entry.commit.dt;
    const manifest = await readManifest(store, entry);
    if (manifest) return { dt, manifest };
  }
  return { dt, manifest: null };
}

/** The document of a run whose own is missing or damaged, as far as the manifest knows it. */
const documentOf = (manifest: Manifest): RunDocument => ({
  run_id: manifest.run_id,
  dt: manifest.dt,
  trigger: manifest.trigger,
  started_at: null,
  expires_at: manifest.published_at,
  ended_at: null,
  status: 'running',
  code: null,
  message: null,
  raw_key: null,
});
