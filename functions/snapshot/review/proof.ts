/** Judges each decision by the later snapshots: change feeds one after another, and the users of the newest one. */
import { readUsers } from '../changes/read-users.ts';
import type { Manifest } from '../commits/manifest.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { addDays, daysBetween } from '../utc-day.ts';
import { Accounts, accountOf, reviewedAccounts } from './accounts.ts';
import { Arrivals } from './arrivals.ts';
import { addAddress, type Obstacle, obstacleOf, type Target, targetOf, unknownOf } from './carried-out.ts';
import type { Decision } from './decision.ts';
import type { LaterDays } from './later-days.ts';
import type { Done, RowOutcome, Source } from './outcome-document.ts';
import { type Held, Replay } from './replay.ts';
import type { Review, ReviewRow } from './review-document.ts';

export const sourceOf = ({ dt, commit }: Manifest): Source => ({ dt, commit });

export async function readAccounts(store: Store, manifest: Manifest): Promise<Accounts> {
  const accounts = new Accounts();
  for await (const users of await readUsers(store, manifest)) for (const user of users) accounts.set(accountOf(user));
  return accounts;
}

/** A row of the review with its decision. `target` is set if something is to be carried out. */
interface Decided {
  readonly row: ReviewRow;
  readonly decision: Decision;
  readonly target: Target | undefined;
}

type Result = Pick<RowOutcome, 'result' | 'reason'> & Pick<Obstacle, 'other_ids'>;

const NO_LATER_SNAPSHOT: Obstacle = { reason: 'no_later_snapshot', other_ids: [] };

/** What the later snapshots prove of each decision. */
export class Proof {
  readonly #review: Review;
  /** Undefined if there is no later snapshot. */
  readonly #newest: Accounts | undefined;
  /** Of the newest snapshot, or the review's own if there is no later one. */
  readonly #accounts: Accounts;
  readonly #isReviewed: (id: string) => boolean;
  readonly #decided: readonly Decided[];
  readonly #arrivals: Arrivals;
  readonly #done = new Map<Target, Done>();

  constructor(review: Review, decisions: readonly Decision[], newest: Accounts | undefined) {
    const ids = new Set(review.rows.map(({ id }) => id));
    this.#accounts = newest ?? reviewedAccounts(review);
    this.#review = review;
    this.#newest = newest;
    this.#isReviewed = (id) => ids.has(id);
    this.#arrivals = new Arrivals(this.#isReviewed);
    const ofRow = new Map(decisions.map((decision) => [decision.row, decision]));
    this.#decided = review.rows.map((row) => {
      const decision = ofRow.get(row.row);
      if (!decision) throw new Error(`row ${row.row} has no decision`);
      return { row, decision, target: targetOf(row, decision) };
    });
  }

  /** Finds the day of each decision that the newest snapshot shows as carried out, and what changed for the others. */
  async follow(store: Store, { days, steps }: LaterDays): Promise<void> {
    const all = this.#targets();
    const byId = new Map(all.map((target) => [target.id, target]));
    // A further address can only be a further obstacle.
    const targets = all.filter((target) => !this.#obstacleOf(target));
    const replay = new Replay(this.#review, targets, this.#isReviewed);
    for (const [i, step] of steps.entries()) {
      for await (const change of await step.changes()) {
        this.#arrivals.add(change, step.to);
        const target = byId.get(change.id);
        if (target) addAddress(target, change.email);
        if (targets.length > 0) replay.apply(change);
      }
      if (targets.length === 0) continue;
      const isClear = step.from !== undefined && !hasUnknown(step.from) && !hasUnknown(step.to);
      const isNewest = step.to === days.at(-1);
      const accounts = isClear ? undefined : isNewest ? this.#newest : await readAccounts(store, step.to);
      if (i === 0) replay.endFirst(step, accounts);
      else replay.end(step, accounts);
    }
    for (const target of targets)
      if (!this.#obstacleOf(target)) this.#done.set(target, this.#doneOf(replay.since(target)));
  }

  rows(): RowOutcome[] {
    return this.#decided.map(({ row, decision, target }) => {
      const { id, email } = row;
      const changes = [...this.#arrivals.changesOf(id)];
      const { result, reason, other_ids } = target ? this.#resultOf(target) : this.#keptOf(id, changes.length > 0);
      return {
        ...{ row: row.row, id, email, decision: decision.decision },
        ...{ reviewer: decision.reviewer, decided_at: decision.decided_at, remark: decision.remark },
        result,
        done: (target && this.#done.get(target)) ?? null,
        reason,
        other_ids: [...other_ids],
        is_gone: this.#newest !== undefined && !this.#newest.get(id),
        changes,
      };
    });
  }

  joined() {
    return this.#newest ? this.#arrivals.joined(this.#newest) : [];
  }

  #targets(): Target[] {
    return this.#decided.flatMap(({ target }) => target ?? []);
  }

  /** Undefined if the decision is carried out. */
  #obstacleOf(target: Target): Obstacle | undefined {
    const obstacle = obstacleOf(target, this.#accounts, this.#isReviewed);
    return obstacle && !this.#newest ? NO_LATER_SNAPSHOT : obstacle;
  }

  #resultOf(target: Target): Result {
    const obstacle = this.#obstacleOf(target);
    return obstacle ? { result: 'open', ...obstacle } : { result: 'done', reason: null, other_ids: [] };
  }

  /** A user whose status or roles the newest snapshot doesn't say never counts as unchanged. */
  #keptOf(id: string, hasChanges: boolean): Result {
    if (!this.#newest) return { result: 'unknown', ...NO_LATER_SNAPSHOT };
    const reason = unknownOf(this.#newest.get(id));
    return { result: hasChanges || reason !== null ? 'changed' : 'unchanged', reason, other_ids: [] };
  }

  #doneOf(held: Held | undefined): Done {
    if (!held)
      throw new StoreError('the change feeds since the review contradict the users of the newest snapshot. Run verify');
    const { dt, commit } = this.#review.snapshot;
    if (held === 'since the review') return { dt, commit, previous: null, missing_days: [] };
    const previous = held.from ? sourceOf(held.from) : { dt, commit };
    const missing_days = previous.dt < held.to.dt ? daysBetween(addDays(previous.dt, 1), held.to.dt) : [];
    return { ...sourceOf(held.to), previous, missing_days };
  }
}

/** Whether a user has no valid status or roles that day. No feed lists it if a value becomes unknown, or known again. */
const hasUnknown = ({ present, user_count }: Manifest): boolean =>
  present.disabled < user_count || present.roles < user_count;
