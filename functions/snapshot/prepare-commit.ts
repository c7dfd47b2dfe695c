/** The last steps before a commit: stages groups and manifest, and signs. If the run must not commit, it discards what it staged. */

import type { Commit, CommitEntry } from './commits/commit.ts';
import { signCommit } from './commits/sign-commit.ts';
import { type Signer, SigningError } from './commits/signer.ts';
import { type StagedAccount, type StagedCommit, stageCommit } from './commits/stage-commit.ts';
import { KEYS } from './contract.ts';
import { orAborted, withinPart } from './deadline.ts';
import { OperatorError, SourceUnavailableError, StoreError } from './errors.ts';
import type { Run } from './run.ts';
import type { BegunObjects } from './store/begun-objects.ts';
import { discardStaged } from './store/staged-objects.ts';
import type { Staging, Store, StoredObject } from './store/store.ts';
import { together } from './together.ts';
import { DAY_MILLISECONDS } from './utc-day.ts';

/** The most that signing may take, so that an unavailable key doesn't cost the publication. */
const SIGNING = { part: 1 / 10, milliseconds: 10_000 } as const;

export const stageOwn = (
  run: Run,
  store: Store,
  newest: CommitEntry | undefined,
  account: StagedAccount,
): Promise<StagedCommit> =>
  orDiscarded(
    store,
    account.objects,
    async () => {
      const committedAt = run.now();
      refuseLate(run, committedAt);
      const unused = account.groupLines ? [] : [account.later.take(KEYS.groups(run.dt))];
      const [staged] = await together([stageCommit(run, newest, account, committedAt), ...unused.map(dropLater)]);
      refuseLate(run, run.now()); // many groups take a while
      return staged;
    },
    account.later,
  );

/** Anything that can't be discarded is removed after seven days. */
const dropLater = (begun: Pick<Staging, 'drop'>): Promise<void> => begun.drop().catch(() => undefined);

/**
 * Signs the commit that this run is about to create, if the run has a signer. If that fails, the snapshot is published unsigned, with a
 * warning.
 * @returns the fingerprint of the key, or null if the commit is unsigned
 */
export async function signOwn(run: Run, store: Store, commit: Commit): Promise<string | null> {
  const { signer } = run;
  if (!signer) return null;
  return orDiscarded(store, commit.objects, async () => {
    const { signedBy, failure } = await trySigning(run, signer, store, commit);
    refuseLate(run, run.now());
    if (failure !== undefined) run.onWarning(`the snapshot is published without a signature: ${failure}`);
    return signedBy ?? null;
  });
}

type Signed =
  | { readonly signedBy: string; readonly failure?: undefined }
  | { readonly signedBy?: undefined; readonly failure: string };

/** Neither the signer nor the store is trusted to notice that the time is up. */
async function trySigning({ deadline }: Run, signer: Signer, store: Store, commit: Commit): Promise<Signed> {
  const part = Math.min(SIGNING.part, SIGNING.milliseconds / Math.max(1, deadline.remaining()));
  try {
    const signedBy = await withinPart(deadline, { part, name: 'the time for signing' }, (share) =>
      orAborted(signCommit(store, signer, commit, share), share.signal),
    );
    return { signedBy };
  } catch (error) {
    if (error instanceof SigningError || error instanceof StoreError) return { failure: error.message };
    if (isTimeout(error))
      return { failure: 'signing took too long. Check the signing key and the store, then run again' };
    if (deadline.signal.aborted) throw error;
    const name = error instanceof Error ? error.name : typeof error; // its message may quote anything
    return { failure: `signing failed because of a bug in this program (${name}). Report it` };
  }
}

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

async function orDiscarded<T>(
  store: Store,
  staged: readonly StoredObject[],
  work: () => Promise<T>,
  begun?: BegunObjects,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await Promise.allSettled([discardStaged(store, staged), begun?.drop()]); // leftovers are removed after seven days
    throw error;
  }
}

/** A run that is out of time, was interrupted, or was suspended for a day must not commit. */
function refuseLate({ deadline: { signal, remaining }, startedAt }: Run, now: Date): void {
  if (signal.reason instanceof OperatorError) throw signal.reason;
  if (remaining() <= 0 || signal.aborted)
    throw new SourceUnavailableError('the run is out of time; nothing was published. Run again');
  if (now.getTime() - startedAt.getTime() > DAY_MILLISECONDS)
    throw new StoreError('this run began more than a day ago; nothing was published. Run again');
}
