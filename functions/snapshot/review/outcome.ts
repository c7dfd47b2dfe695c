/** Proves from the snapshots after a review what became of each decision. Reads change feeds, and the users of the newest snapshot once. */
import { commitHashOf } from '../commits/published-by.ts';
import { inOneState } from '../history/one-state.ts';
import { readStatus } from '../status/status.ts';
import type { Store } from '../store/store.ts';
import { addDays } from '../utc-day.ts';
import type { Decision } from './decision.ts';
import { readLaterDays } from './later-days.ts';
import type { Outcome, RowOutcome } from './outcome-document.ts';
import { Proof, readAccounts, sourceOf } from './proof.ts';
import type { Review } from './review-document.ts';
import { refuseOtherStore } from './same-store.ts';

export interface OutcomeOptions {
  readonly now: Date;
  /** The latest date that a run can have. */
  readonly latest: string;
}

/**
 * All facts are of one state of the store.
 * @param decisions one for each row of the review
 * @throws SettingsError if the review is of another store
 * @throws StoreError if what is stored is damaged or contradicts itself, or the store changed during every reading
 */
export const proveOutcome = (
  store: Store,
  review: Review,
  decisions: readonly Decision[],
  options: OutcomeOptions,
): Promise<Outcome> => inOneState(store, () => proveOnce(store, review, decisions, options));

async function proveOnce(
  store: Store,
  review: Review,
  decisions: readonly Decision[],
  { now, latest }: OutcomeOptions,
): Promise<Outcome> {
  await refuseOtherStore(store, review);
  const later = await readLaterDays(store, review, latest);
  const newest = later.days.at(-1);
  const proof = new Proof(review, decisions, newest && (await readAccounts(store, newest)));
  await proof.follow(store, later);
  const rows = proof.rows();
  const joined = proof.joined();
  const { missing_days, refused_days } = await readStatus(store, {
    now,
    latest,
    since: addDays(review.snapshot.dt, 1),
  });
  const count = (result: RowOutcome['result']) => rows.filter((row) => row.result === result).length;
  return {
    published_again: later.isPublishedAgain ? later.own.commit : null,
    newest: newest ? { ...sourceOf(newest), commit_sha256: await commitHashOf(store, newest) } : null,
    days: {
      published: later.days.map(sourceOf),
      missing: [...missing_days],
      refused: [...refused_days],
      expired: [...later.expired],
    },
    counts: {
      done: count('done'),
      open: count('open'),
      unchanged: count('unchanged'),
      changed: count('changed'),
      unknown: count('unknown'),
      joined: joined.length,
    },
    rows,
    joined,
  };
}
