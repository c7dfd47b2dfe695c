/** Finds the changes between two snapshots while both are streamed. */
import type { User } from '../user.ts';
import { type Change, type ChangeCounts, countChanges, inFeedOrder, type Span } from './change.ts';
import { differences } from './diff.ts';

/**
 * The result doesn't depend on the order of the users, but memory use does. A user read from one side is held until the other side has
 * read it too. The changes are held until the end.
 */
export class Comparison {
  readonly #previous: AsyncIterator<readonly User[]>;
  readonly #span: Span;
  readonly #changes: Change[] = [];
  /** Rows of the previous snapshot that are read but not compared yet. */
  #read: readonly User[] = [];
  #next = 0;
  #ended = false;
  #shared = 0;
  readonly #onlyBefore = new Map<string, User>();
  readonly #onlyAfter = new Map<string, User>();

  constructor(previous: AsyncIterable<readonly User[]>, span: Span) {
    this.#previous = previous[Symbol.asyncIterator]();
    this.#span = span;
  }

  /** Adds the next users of the new snapshot. */
  async add(users: readonly User[]): Promise<void> {
    for (const user of users) {
      const before = this.#take() ?? (await this.#readOn());
      if (before) this.#passBefore(before);
      this.#passAfter(user);
    }
  }

  /** All changes, in the order of the feed. `shared` counts the users that are in both snapshots. */
  async end(): Promise<{ changes: readonly Change[]; counts: ChangeCounts; shared: number }> {
    for (let before = this.#take() ?? (await this.#readOn()); before; before = this.#take() ?? (await this.#readOn())) {
      this.#passBefore(before);
    }
    for (const user of this.#onlyBefore.values()) this.#note(user, undefined);
    for (const user of this.#onlyAfter.values()) this.#note(undefined, user);
    this.#onlyBefore.clear();
    this.#onlyAfter.clear();
    return { changes: this.#changes.sort(inFeedOrder), counts: countChanges(this.#changes), shared: this.#shared };
  }

  /**
   * Abandons the comparison and closes the previous snapshot. The reader is started first: return() skips the finally block of a
   * generator that never began.
   */
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
    if (before && after) this.#shared++;
    const { id, email } = after ?? before ?? { id: '', email: null };
    for (const difference of differences(before, after))
      this.#changes.push({ ...this.#span, id, email, ...difference });
  }
}
