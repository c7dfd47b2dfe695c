/**
 * Reports every commit to the alarms at least once. A run reports its commit before it records the publication. If it can't, the next run
 * does, before anything else.
 */

import type { CommitEntry } from './commits/commit.ts';
import { readCommit } from './commits/commit-log.ts';
import { documentBytes, readDocument } from './commits/document.ts';
import { MANIFEST, type Manifest, readManifest } from './commits/manifest.ts';
import { isReported, isUnderWay, publishedDocument, RUN_DOCUMENT, type RunDocument } from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { driftSince, type PublicationReport } from './publication-report.ts';
import type { Run } from './run.ts';
import type { Store } from './store/store.ts';
import { UnsignedCommits } from './unsigned-commits.ts';
import { addDays, daysBetween } from './utc-day.ts';

/** What the caller knows of a publication beyond its manifest. */
export type Known = Pick<PublicationReport, 'isCounted'> &
  Partial<Pick<PublicationReport, 'before' | 'newChanges' | 'isUnsigned'>>;

/** How many commits of terminal runs are checked, newest first: about a year of days. Older ones are no longer news. */
const MOST_LOCAL = 400;
/** How many commits to try for the previous manifest. Only in a damaged store do so many lack one. */
const BEFORE_TRIES = 10;

/** Reports a finished commit. If `known.before` is given, it also warns of new names in `drift`. */
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
      `drift.${list} has ${names} not in the snapshot of ${known.before?.dt}. See ${KEYS.manifest(manifest.dt)}`,
    );
  }
  if (!run.onPublished) return;
  const earlier = await earlierThan(store, entry, known.before === undefined);
  const before = known.before === undefined ? earlier.manifest : known.before;
  run.onPublished({
    manifest,
    isCounted: known.isCounted,
    before,
    newChanges: known.newChanges === undefined ? manifest.changes : known.newChanges,
    missingDays: earlier.dt === undefined ? 0 : daysBetween(addDays(earlier.dt, 1), manifest.dt).length,
    newDrift: before === null ? {} : driftSince(manifest, before),
    groupsFailed: manifest.groups === 'failed',
    isUnsigned:
      known.isUnsigned === undefined ? await isUnsigned(run, new UnsignedCommits(run, store), entry) : known.isUnsigned,
  });
}

/**
 * Reports the newest commit, unless its run document shows that this was done, and the commits of terminal runs before it. No more is
 * needed: each run with alarms has done the same for the commits before its own. A run without alarms reports nothing. If it may
 * replace an unreported manifest, it keeps a copy for the next run with alarms.
 */
export async function reportEarlier(run: Run, store: Store, newest: CommitEntry): Promise<void> {
  if (!run.onPublished) return run.othersHaveAlarms ? keepUnreported(run, store, newest) : undefined;
  const unsigned = new UnsignedCommits(run, store);
  let entry: CommitEntry | undefined = newest;
  for (let looked = 0; entry && looked < MOST_LOCAL; looked++) {
    const { number, commit } = entry;
    if (commit?.run_id === run.runId) return;
    if (commit && commit.dt <= run.dt && !(await reportUnlessDone(run, store, entry, unsigned))) return;
    entry = await readCommit(store, number - 1);
  }
}

/** @returns whether the commit before it may be unreported too, because this one is a terminal run's */
async function reportUnlessDone(
  run: Run,
  store: Store,
  entry: CommitEntry,
  unsigned: UnsignedCommits,
): Promise<boolean> {
  if (!entry.commit) return true;
  const key = KEYS.run(entry.commit.run_id);
  const document = await readDocument(store, key, RUN_DOCUMENT);
  if (document && isReported(document, entry.number)) return false;
  const manifest = await readManifest(store, entry);
  const isLocal = (manifest ?? document)?.trigger === 'local';
  if (isLocal) await reportReplaced(run, store, entry.commit.run_id, unsigned);
  if (!manifest) return isLocal;
  const isOver = !document || !isUnderWay(document, run.now());
  await reportPublication(run, store, entry, manifest, {
    isCounted: isOver && !isLocal,
    isUnsigned: await isUnsigned(run, unsigned, entry),
  });
  if (isOver && !isLocal) {
    const ended = publishedDocument(document ?? documentOf(manifest), entry, manifest.published_at);
    await store.replace(key, documentBytes(ended));
  }
  return isLocal;
}

/**
 * Reports the manifest that a run without alarms replaced. Unless it has new administrators, only its missing signature is news: the
 * snapshot that replaced it has the day's changes.
 */
async function reportReplaced(run: Run, store: Store, runId: string, unsigned: UnsignedCommits): Promise<void> {
  const manifest = await readDocument(store, KEYS.unreported(runId), MANIFEST);
  const entry = manifest && (await readCommit(store, manifest.commit));
  if (!entry) return;
  const known = { isCounted: false, isUnsigned: await isUnsigned(run, unsigned, entry) };
  if (manifest.changes?.admin_granted) await reportPublication(run, store, entry, manifest, known);
  else if (known.isUnsigned)
    run.onPublished?.({
      ...known,
      manifest,
      before: null,
      newChanges: null,
      missingDays: 0,
      newDrift: {},
      groupsFailed: false,
    });
}

/**
 * Keeps the manifest that this run may replace, if it has new administrators or should have been signed, and neither may have been
 * reported. A run without a signer can't know whether the installation still signs.
 */
async function keepUnreported(run: Run, store: Store, newest: CommitEntry): Promise<void> {
  const { number, commit } = newest;
  if (commit?.dt !== run.dt || commit.run_id === run.runId) return;
  const manifest = await readManifest(store, newest);
  if (!manifest) return;
  const document = await readDocument(store, KEYS.run(commit.run_id), RUN_DOCUMENT);
  if (document && isReported(document, number)) return;
  if (manifest.changes?.admin_granted || (await new UnsignedCommits(run, store).isUnsigned(newest)))
    await store.replace(KEYS.unreported(run.runId), documentBytes(manifest));
}

/** Null if this run doesn't sign. */
const isUnsigned = async (run: Run, unsigned: UnsignedCommits, entry: CommitEntry): Promise<boolean | null> =>
  run.signer ? unsigned.isUnsigned(entry) : null;

/**
 * The date of the previous commit, and the newest manifest before this commit. They may come from different commits.
 * @param reads whether the manifest is needed. If not, it is null
 */
async function earlierThan(
  store: Store,
  { number, commit }: CommitEntry,
  reads: boolean,
): Promise<{ readonly dt: string | undefined; readonly manifest: Manifest | null }> {
  let dt: string | undefined;
  for (let earlier = number - 1; earlier > Math.max(0, number - 1 - BEFORE_TRIES); earlier--) {
    const entry = await readCommit(store, earlier);
    if (!entry?.commit || (commit && entry.commit.dt > commit.dt)) continue; // damaged
    dt ??= entry.commit.dt;
    if (!reads) break;
    const manifest = await readManifest(store, entry);
    if (manifest) return { dt, manifest };
  }
  return { dt, manifest: null };
}

/** A substitute for a missing or damaged run document, filled from the manifest. */
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
