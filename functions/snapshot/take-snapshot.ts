import { type Baselines, findBaselines } from './changes/baseline.ts';
import { type ChangeCounts, newChanges } from './changes/comparison.ts';
import { type Commit, type CommitEntry, commitFor, documentBytes } from './commits/commit.ts';
import { commitOfRun, createCommit, drop, finish, readNewest } from './commits/commit-log.ts';
import { type Manifest, manifestFor, readManifest } from './commits/manifest.ts';
import {
  failedDocument,
  publishedDocument,
  type RunDocument,
  recordFailure,
  recordRunning,
  runningDocument,
} from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { SourceUnavailableError, StoreError, SupersededError } from './errors.ts';
import { gate } from './receive/gate.ts';
import { type ReceivedUsers, receiveUsers } from './receive/receive-account.ts';
import type { Run } from './run.ts';
import type { Source } from './source.ts';
import type { Store } from './store/store.ts';

const DAY_MILLISECONDS = 86_400_000;

export interface TakenSnapshot {
  readonly document: RunDocument;
  /** Null where another run of the day has replaced it meanwhile. */
  readonly manifest: Manifest | null;
  /** The newest sound snapshot before this one, of today or earlier; null where there is none, or this event was delivered before. */
  readonly before: Manifest | null;
  /** What the manifest's changes add to an earlier run's of the day; null with nothing to compare. */
  readonly newChanges: ChangeCounts | null;
}

/**
 * Takes a snapshot: finishes the newest commit, stages all users, checks them, commits, finishes.
 * @returns the run document, and the manifest of what was published
 * @throws an OperatorError; unless its message says otherwise, nothing was published and everything is as it was
 */
export async function takeSnapshot(run: Run, source: Source, store: Store): Promise<TakenSnapshot> {
  const running = runningDocument(run);
  const earlier = await recordRunning(store, running);
  if (earlier) {
    run.onFailed?.(earlier);
    throw new SupersededError(earlier.message ?? 'another run published; nothing needs to be done');
  }
  const raw: RawKey = { key: null };
  try {
    const { entry, before } = await publish(run, source, store, raw);
    const document = publishedDocument(running, entry, run.now().toISOString());
    const manifest = await afterCommit(entry, async () => {
      await store.replace(KEYS.run(run.runId), documentBytes(document));
      return readManifest(store, entry);
    });
    const sameDay = before?.dt === run.dt ? before.changes : null;
    const added = before !== null && manifest?.changes ? newChanges(manifest.changes, sameDay) : null;
    return { document, manifest, before, newChanges: added };
  } catch (error) {
    const failed = failedDocument(running, error, run.now(), raw.key);
    const recorded = await recordFailure(store, failed).catch(() => failed); // the first failure is the one to report
    run.onFailed?.(recorded);
    throw error;
  }
}

/** Where the last answer was kept. */
type RawKey = { key: string | null };

/** The commit whose result is the run's, and the newest sound snapshot before it. */
interface Publication {
  readonly entry: CommitEntry;
  readonly before: Manifest | null;
}

/** The steps of a publication, twice where a run of an earlier day came first. */
async function publish(run: Run, source: Source, store: Store, raw: RawKey): Promise<Publication> {
  for (let beginning = 1; beginning <= 2; beginning++) {
    const newest = await readNewest(store);
    await finishEarlier(run, store, newest);
    await store.removeStale(newest?.commit?.objects ?? [], run.now());
    const own = await commitOfRun(store, run.runId, run.dt);
    if (own) {
      await finishEarlier(run, store, own); // committed just now, perhaps, by another delivery of the event
      return { entry: own, before: null };
    }
    if (newest?.commit && newest.commit.dt > run.dt) throw superseded(newest.commit);

    const baselines = await findBaselines(store, run.dt, newest?.number, run.onWarning);
    const users = await receive(run, source, store, baselines, raw);
    const commit = await stageCommit(run, store, newest, users);
    const entry = await createCommit(store, commit);
    if (entry.commit?.execution === users.execution) {
      await finishOwn(store, entry);
      return { entry, before: baselines.newest?.manifest ?? null };
    }

    await drop(store, commit.objects); // another's commit was seen in our place, so ours can't arrive any more
    await finishEarlier(run, store, entry);
    if (entry.commit?.run_id === run.runId) return { entry, before: null };
    if (entry.commit && entry.commit.dt >= run.dt) throw superseded(entry.commit);
  }
  throw new StoreError('other runs published twice while this one was under way; nothing was published. Run again');
}

const superseded = ({ commit, dt }: Commit): SupersededError =>
  new SupersededError(
    `another run published ${dt} while this one was under way (commit ${commit}); nothing needs to be done`,
  );

/** Finishes a commit of whoever: before the token is read, since a bad token must not keep it waiting. */
async function finishEarlier(run: Run, store: Store, entry: CommitEntry | undefined): Promise<void> {
  const { lost } = entry ? await finish(store, entry) : {};
  if (lost) run.onWarning(`commit ${entry?.number} can't be finished: ${lost} is damaged or lost. Run verify`);
}

async function receive(
  run: Run,
  source: Source,
  store: Store,
  baselines: Baselines,
  raw: RawKey,
): Promise<ReceivedUsers> {
  const newArea = () => ({ ...run.settings, store, dt: run.dt, runId: run.runId, execution: run.newExecution() });
  return receiveUsers(source, run.deadline, newArea, baselines.earlier, {
    judge: (tally) => gate(tally, baselines.newest?.manifest, { ...run.settings, force: run.force }),
    onProgress: run.onProgress,
    onRawKey: (key) => {
      raw.key = key;
    },
  });
}

/** Stages the manifest and makes the commit that names all. */
async function stageCommit(
  run: Run,
  store: Store,
  newest: CommitEntry | undefined,
  users: ReceivedUsers,
): Promise<Commit> {
  try {
    const publishedAt = run.now();
    refuseLate(run, publishedAt);
    const commit = commitFor(run, newest, users, publishedAt);
    const key = KEYS.manifest(run.dt);
    const staging = await store.stage(key, users.execution);
    await staging.write(documentBytes(manifestFor(run, commit, users)));
    return { ...commit, objects: [...users.objects, { kind: 'manifest', key, ...(await staging.close()) }] };
  } catch (error) {
    await drop(store, users.objects).catch(() => undefined); // what stays is removed after seven days
    throw error;
  }
}

/** A run that was interrupted, or has slept, doesn't commit. */
function refuseLate({ deadline: { signal, remaining }, startedAt }: Run, now: Date): void {
  if (remaining() <= 0)
    throw new SourceUnavailableError('the time of the run is over; nothing was published. Run again');
  signal.throwIfAborted();
  if (now.getTime() - startedAt.getTime() > DAY_MILLISECONDS) {
    throw new StoreError('this run began more than a day ago; nothing was published. Run again');
  }
}

function finishOwn(store: Store, entry: CommitEntry): Promise<void> {
  return afterCommit(entry, async () => {
    const { lost } = await finish(store, entry);
    if (lost) throw new StoreError(`${lost} is lost. Run verify, and run again`);
  });
}

/** A failure of the store says that there is a commit: nobody shall believe that nothing was published. */
async function afterCommit<T>({ number }: CommitEntry, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(`commit ${number} is committed, and the next run finishes it: ${error.message}`, {
      cause: error,
    });
  }
}
