/** Follows decisions through the snapshots after a review: from which one on each has been carried out, without interruption. */
import type { Change } from '../changes/change.ts';
import type { Manifest } from '../commits/manifest.ts';
import { accountKey } from './account-address.ts';
import { type Account, type Accounts, reviewedAccounts } from './accounts.ts';
import { obstacleOf, type Target } from './carried-out.ts';
import type { Review } from './review-document.ts';

/** A snapshot, and the one before it. Undefined for the review's own, if another one has replaced it. */
export interface Night {
  readonly from: Manifest | undefined;
  readonly to: Manifest;
}

/** Since when a decision has been carried out without interruption. */
export type Held = Night | 'since the review';

export class Replay {
  readonly #isReviewed: (id: string) => boolean;
  readonly #targets: readonly Target[];
  readonly #byId: ReadonlyMap<string, Target[]>;
  readonly #byAddress = new Map<string, Set<Target>>();
  readonly #since = new Map<Target, Held>();
  readonly #touched = new Set<Target>();
  #accounts: Accounts;

  /** Begins with the snapshot of the review, which may already show that a decision is carried out. */
  constructor(review: Review, targets: readonly Target[], isReviewed: (id: string) => boolean) {
    this.#isReviewed = isReviewed;
    this.#targets = targets;
    this.#byId = Map.groupBy(targets, ({ id }) => id);
    this.#accounts = reviewedAccounts(review);
    for (const target of targets) {
      this.#listAddresses(target);
      this.#judge(target, 'since the review');
    }
  }

  /** Adds a change of the night that `end` closes. The target already has the address that the change shows. */
  apply(change: Change): void {
    const before = this.#accounts.get(change.id);
    this.#accounts.apply(change);
    for (const target of this.#byId.get(change.id) ?? []) this.#listAddresses(target);
    for (const account of [before, this.#accounts.get(change.id)]) this.#touch(account);
  }

  /** Judges what changed. @param accounts those of the snapshot, if the changes alone don't say what is true in it */
  end(night: Night, accounts?: Accounts): void {
    if (accounts) this.#accounts = accounts;
    for (const target of accounts ? this.#targets : this.#touched) this.#judge(target, night);
    this.#touched.clear();
  }

  /** Judges everything once, after the first night: a row of the review doesn't show every unknown value. */
  endFirst(night: Night, accounts?: Accounts): void {
    this.end(night, accounts ?? this.#accounts);
  }

  /** Undefined if the decision isn't carried out. */
  since(target: Target): Held | undefined {
    return this.#since.get(target);
  }

  #touch(account: Account | undefined): void {
    if (!account) return;
    for (const target of this.#byId.get(account.id) ?? []) this.#touched.add(target);
    const key = accountKey(account.email);
    if (key !== null) for (const target of this.#byAddress.get(key) ?? []) this.#touched.add(target);
  }

  #listAddresses(target: Target): void {
    for (const key of target.addresses) this.#byAddress.set(key, (this.#byAddress.get(key) ?? new Set()).add(target));
  }

  #judge(target: Target, night: Held): void {
    if (obstacleOf(target, this.#accounts, this.#isReviewed)) this.#since.delete(target);
    else if (!this.#since.has(target)) this.#since.set(target, night);
  }
}
