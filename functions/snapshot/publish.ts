/** The publishing protocol, step by step. */

import { findBaselines } from './changes/baseline.ts';
import type { ChangeCounts } from './changes/change.ts';
import type { Commit, CommitEntry } from './commits/commit.ts';
import { commitNumbers, commitOfRun, commitOfRunAmong, createCommit, readNewest } from './commits/commit-log.ts';
import { readDocument } from './commits/document.ts';
import { finish, finishNew } from './commits/finish.ts';
import type { Manifest } from './commits/manifest.ts';
import { isReported, RUN_DOCUMENT } from './commits/run-document.ts';
import { KEYS } from './contract.ts';
import { OperatorError, StoreError, SupersededError } from './errors.ts';
import { signOwn, stageOwn } from './prepare-commit.ts';
import { readAheadNewest } from './read-ahead-newest.ts';
import { receiveAccount } from './receive/receive-account.ts';
import { reportEarlier, reportPublication } from './reporting.ts';
import type { Run } from './run.ts';
import type { Source } from './source.ts';
import type { ReadAheadStore } from './store/read-ahead.ts';
import { discardStaged } from './store/staged-objects.ts';
import type { Store } from './store/store.ts';
import { dtOf } from './utc-day.ts';

/** The run's commit, or why there is none, with the key of the last raw response that was kept. */
export type Publication =
  | { readonly entry: CommitEntry; readonly made: Made }
  | { readonly entry?: undefined; readonly error: unknown; readonly rawKey: string | null };

/**
 * Who created the commit: this run, or another delivery of its event. `before` is the newest sound snapshot before this one.
 * `newChanges` are the changes that an earlier run of the day hadn't found. `signedBy` is the fingerprint of the key that signed it.
 * `manifest` is undefined if another run promoted it: a later commit may have replaced it since.
 */
export type Made =
  | {
      readonly by: 'this run';
      readonly before: Manifest | null;
      readonly newChanges: ChangeCounts | null;
      readonly signedBy: string | null;
      readonly manifest: Manifest | null | undefined;
    }
  | { readonly by: 'an earlier delivery' | 'a delivery at the same time' };

/**
 * Publishes a snapshot by the protocol of docs/publishing.md: finishes and reports the newest commit, stages the account, signs, commits
 * and finishes its own commit. If a run of an earlier day commits first, everything is done once more.
 * @param listed the numbers of all commits, ascending, or why they could not be listed. A second beginning lists them again
 * @param steps the parts of the protocol. The model in test/model replaces single parts to show that each is needed
 */
export async function publish(
  run: Run,
  source: Source,
  store: ReadAheadStore,
  listed: PromiseSettledResult<readonly number[]>,
  steps: PublishingSteps,
): Promise<Publication> {
  let rawKey: string | null = null;
  try {
    for (let beginning = 1; beginning <= 2; beginning++) {
      const numbers = beginning === 1 ? resultOf(listed) : await commitNumbers(store);
      await readAheadNewest(run, store, numbers);
      const newest = await steps.begin(run, store, numbers);
      if (newest) await steps.reportEarlier(run, store, newest);
      const own = await steps.findOwn(run, store, numbers);
      if (own) {
        await steps.finishOwn(store, own); // another delivery of the event may have committed it just now
        return { entry: own, made: { by: 'an earlier delivery' } };
      }
      await steps.refuseEarlierDay(run, source, newest);

      const baselines = await steps.findBaselines(store, run.dt, newest?.number, run.onWarning, numbers);
      store.forget(); // other runs may replace manifests and run documents from now on
      const receipt = await steps.receive(run, source, store, baselines);
      rawKey = receipt.rawKey ?? rawKey;
      if (!receipt.account) return { error: receipt.error, rawKey };
      const { commit, manifest } = await steps.stage(run, store, newest, receipt.account);
      const signedBy = await steps.sign(run, store, commit);
      const entry = await steps.createCommit(store, commit);
      if (entry.commit?.execution === commit.execution) {
        const { placed } = await steps.finishOwn(store, entry, commit);
        const before = baselines.newest?.manifest ?? null;
        const made = { by: 'this run', before, newChanges: receipt.newChanges, signedBy } as const;
        return { entry, made: { ...made, manifest: placed ? manifest : undefined } };
      }

      await steps.discard(store, commit.objects); // our number is taken by another commit, so ours can no longer appear
      await steps.finishWithWarning(run, store, entry);
      if (entry.commit?.run_id === run.runId) return { entry, made: { by: 'a delivery at the same time' } };
      await steps.reportEarlier(run, store, entry);
      if (entry.commit && entry.commit.dt >= run.dt && !isAfterNow(run, entry.commit)) throw superseded(entry.commit);
    }
    throw new StoreError(
      'other runs published twice while this one was in progress. This run published nothing. Run again',
    );
  } catch (error) {
    return { error, rawKey };
  }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

export type PublishingSteps = typeof PUBLISHING_STEPS;

/** The parts of the protocol, in the order in which a run takes them. */
export const PUBLISHING_STEPS = {
  /** Reads the newest commit and finishes it, whichever run created it. Comes first, so that a bad token can't delay it. */
  begin: async (run: Run, store: Store, numbers?: readonly number[]): Promise<CommitEntry | undefined> => {
    const newest = await readNewest(store, numbers);
    if (newest) await finishWithWarning(run, store, newest);
    else await store.proveCreateOnly(KEYS.run(run.runId));
    await store.removeStale(newest?.commit?.objects ?? [], run.now());
    return newest;
  },
  reportEarlier,
  findOwn: (run: Run, store: Store, numbers?: readonly number[]) =>
    numbers ? commitOfRunAmong(store, numbers, run.runId, run.dt) : commitOfRun(store, run.runId, run.dt),
  refuseEarlierDay,
  findBaselines,
  receive: receiveAccount,
  stage: stageOwn,
  /** Signs only this run's commit. A run that finishes another's commit never signs it. */
  sign: signOwn,
  createCommit,
  /** @param created the entry's commit, if this run has just created it */
  finishOwn: (store: Store, entry: CommitEntry, created?: Commit): Promise<{ readonly placed: boolean }> =>
    afterCommit(entry, async () => {
      const { lost, placed } = created
        ? await finishNew(store, created)
        : { ...(await finish(store, entry)), placed: false };
      if (lost) throw new StoreError(`${lost} is lost. Run verify, and run again`);
      return { placed };
    }),
  finishWithWarning,
  discard: discardStaged,
  awaitOther,
  report: reportPublication,
  afterCommit,
};

/**
 * A commit of a later day supersedes this run. A commit dated after both our clock and the source's is damaged, and is ignored.
 */
async function refuseEarlierDay(run: Run, source: Source, newest: CommitEntry | undefined): Promise<void> {
  const commit = newest?.commit;
  if (!commit || commit.dt <= run.dt) return;
  const now = isAfterNow(run, commit) ? await source.time(run.deadline) : run.now();
  if (!now || commit.dt <= dtOf(now)) throw superseded(commit); // without the source's time, assume that our clock is slow
  run.onWarning(`commit ${commit.commit} is dated ${commit.dt}, which is in the future; it is ignored. Run verify`);
}

/** How often a run checks whether another delivery of its event has recorded how it ended. The pauses grow, to a few seconds in total. */
const LOOKS = 4;

/**
 * Waits until another delivery of the event, which created the commit, has recorded that it was reported.
 * @returns whether it did
 */
async function awaitOther(run: Run, source: Source, store: Store, number: number): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    const document = await readDocument(store, KEYS.run(run.runId), RUN_DOCUMENT);
    if (document && isReported(document, number)) return true;
    try {
      await source.pause(look, run.deadline);
    } catch (error) {
      if (error instanceof OperatorError) return false; // out of time
      throw error;
    }
  }
  return false;
}

const isAfterNow = (run: Run, { dt }: Commit): boolean => dt > dtOf(run.now());

async function finishWithWarning(run: Run, store: Store, entry: CommitEntry): Promise<void> {
  const { lost } = await finish(store, entry);
  if (lost) run.onWarning(`commit ${entry.number} can't be finished: ${lost} is damaged or lost. Run verify`);
}

/** If the store fails after the commit, the error says that the commit exists. Otherwise one might conclude that nothing was published. */
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

const superseded = ({ commit, dt }: Commit): SupersededError =>
  new SupersededError(
    `another run published ${dt} while this one was in progress (commit ${commit}). No action is needed`,
  );
