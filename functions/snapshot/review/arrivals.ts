/** What happened to the users of a review since, and who joined. */
import type { Change } from '../changes/change.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Joined, RecordedChange, Source } from './outcome-document.ts';

export class Arrivals {
  readonly #isReviewed: (id: string) => boolean;
  readonly #changes = new Map<string, RecordedChange[]>();
  readonly #joined = new Map<string, Joined>();

  constructor(isReviewed: (id: string) => boolean) {
    this.#isReviewed = isReviewed;
  }

  /** Adds a change that a snapshot shows. */
  add(change: Change, { dt, commit }: Source): void {
    if (this.#isReviewed(change.id)) this.#ofReviewed(change, { dt, commit });
    else this.#ofOther(change, { dt, commit });
  }

  changesOf(id: string): readonly RecordedChange[] {
    return this.#changes.get(id) ?? [];
  }

  /** @param newest the accounts of the newest snapshot */
  joined(newest: Accounts): Joined[] {
    return [...this.#joined.values()].map((joined) => ({ ...joined, ...shownOf(newest.get(joined.id)) }));
  }

  /** A whole row isn't repeated: who joined or left is in the snapshots. */
  #ofReviewed({ id, change, before, after }: Change, source: Source): void {
    const isWholeRow = change === 'joined' || change === 'left';
    const recorded = { ...source, change, before: isWholeRow ? null : before, after: isWholeRow ? null : after };
    const changes = this.#changes.get(id);
    if (changes) changes.push(recorded);
    else this.#changes.set(id, [recorded]);
  }

  #ofOther({ id, email, change }: Change, source: Source): void {
    const known = this.#joined.get(id);
    if (change === 'joined')
      this.#joined.set(id, known ? { ...known, left: null } : { ...source, id, email, is_admin: null, left: null });
    else if (known && change === 'left') this.#joined.set(id, { ...known, email, left: source });
  }
}

const shownOf = (account: Account | undefined): Partial<Joined> =>
  account ? { email: account.email, is_admin: account.is_admin } : {};
