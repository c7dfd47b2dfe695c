import { CHANGES, type ChangeKind } from '../contract.ts';
import type { User } from '../user.ts';
import { differences } from './diff.ts';

export type ChangeCounts = { [change in ChangeKind]: number };

export const noChanges = (): ChangeCounts => ({
  joined: 0,
  left: 0,
  disabled: 0,
  enabled: 0,
  admin_granted: 0,
  admin_revoked: 0,
  role_added: 0,
  role_removed: 0,
  group_added: 0,
  group_removed: 0,
  default_group_changed: 0,
  email_changed: 0,
  name_changed: 0,
});

/** What a second run on a day adds to the day's manifest before it, so that no alarm rings twice. */
export function newChanges(counts: ChangeCounts, before: ChangeCounts | null): ChangeCounts {
  const added = noChanges();
  for (const change of CHANGES) added[change] = Math.max(0, counts[change] - (before?.[change] ?? 0));
  return added;
}

/** The moments that a comparison spans. */
export interface Span {
  readonly dt: string;
  readonly previous_dt: string;
  readonly previous_observed_at: string;
  readonly observed_at: string;
}

/** A line of the change feed. */
export interface Change extends Span {
  readonly id: string;
  /** The newer one. */
  readonly email: string | null;
  readonly change: ChangeKind;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Compares two snapshots while they flow past each other. It holds only users that have passed on one side and not yet on the
 * other, few where both are in alike order, and the changes; the result is right in any order.
 */
export class Comparison {
  readonly #previous: AsyncIterator<readonly User[]>;
  readonly #span: Span;
  readonly #changes: Change[] = [];
  /** Rows of the snapshot before that were read and not looked at yet. */
  #read: readonly User[] = [];
  #next = 0;
  #ended = false;
  readonly #onlyBefore = new Map<string, User>();
  readonly #onlyAfter = new Map<string, User>();

  constructor(previous: AsyncIterable<readonly User[]>, span: Span) {
    this.#previous = previous[Symbol.asyncIterator]();
    this.#span = span;
  }

  /** Takes the next users of the snapshot after, each once. */
  async add(users: readonly User[]): Promise<void> {
    for (const user of users) {
      const before = this.#take() ?? (await this.#readOn());
      if (before) this.#passBefore(before);
      this.#passAfter(user);
    }
  }

  /** The changes in the order of the contract, and how many there are of each kind. */
  async end(): Promise<{ changes: readonly Change[]; counts: ChangeCounts }> {
    for (let before = this.#take() ?? (await this.#readOn()); before; before = this.#take() ?? (await this.#readOn())) {
      this.#passBefore(before);
    }
    for (const user of this.#onlyBefore.values()) this.#note(user, undefined);
    for (const user of this.#onlyAfter.values()) this.#note(undefined, user);
    this.#onlyBefore.clear();
    this.#onlyAfter.clear();
    const counts = noChanges();
    for (const { change } of this.#changes) counts[change]++;
    return { changes: this.#changes.sort(inOrder), counts };
  }

  /** Gives the comparison up and closes the snapshot before, which only a reader that has begun can do. */
  async close(): Promise<void> {
    await this.#previous.next();
    await this.#previous.return?.();
  }

  #take(): User | undefined {
    const user = this.#read[this.#next];
    if (user) this.#next++;
    return user;
  }

  async #readOn(): Promise<User | undefined> {
    while (!this.#ended) {
      const { value, done } = await this.#previous.next();
      this.#ended = done === true;
      this.#read = done ? [] : value;
      this.#next = 0;
      const user = this.#take();
      if (user) return user;
    }
    return undefined;
  }

  #passBefore(before: User): void {
    const after = this.#onlyAfter.get(before.id);
    if (!after) this.#onlyBefore.set(before.id, before);
    else {
      this.#onlyAfter.delete(before.id);
      this.#note(before, after);
    }
  }

  #passAfter(after: User): void {
    const before = this.#onlyBefore.get(after.id);
    if (!before) this.#onlyAfter.set(after.id, after);
    else {
      this.#onlyBefore.delete(after.id);
      this.#note(before, after);
    }
  }

  #note(before: User | undefined, after: User | undefined): void {
    const { id, email } = after ?? before ?? { id: '', email: null };
    for (const difference of differences(before, after))
      this.#changes.push({ ...this.#span, id, email, ...difference });
  }
}

/** By id, change, before and after; null comes first. */
function inOrder(a: Change, b: Change): number {
  return compare(a.id, b.id) || compare(a.change, b.change) || compare(a.before, b.before) || compare(a.after, b.after);
}

function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
