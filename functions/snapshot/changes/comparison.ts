/** Finds the changes between two snapshots while both are streamed. */
import { type UserLine, userOfLine } from '../format/json-lines.ts';
import type { User } from '../user.ts';
import { type Change, type ChangeCounts, countChanges, inFeedOrder, type Span } from './change.ts';
import { differences } from './diff.ts';

/**
 * The result doesn't depend on the order of the users, but time and memory do. A user read from one side is held until the other side has
 * read it too. The changes are held until the end.
 *
 * Most users don't change and keep their order, so the next lines of both sides are usually the same text. Then nothing is parsed. Lines
 * that differ are parsed and compared by value.
 */
export class Comparison {
  readonly #previous: AsyncIterator<readonly string[]>;
  readonly #span: Span;
  readonly #changes: Change[] = [];
  /** Lines of the previous snapshot that are read but not compared yet. */
  #read: readonly string[] = [];
  #next = 0;
  #ended = false;
  #shared = 0;
  readonly #onlyBefore = new Map<string, User>();
  readonly #onlyAfter = new Map<string, User>();

  /** @param previous the lines of the previous snapshot, without their ends */
  constructor(previous: AsyncIterable<readonly string[]>, span: Span) {
    this.#previous = previous[Symbol.asyncIterator]();
    this.#span = span;
  }

  /** Adds the next users of the new snapshot. */
  async add(lines: readonly UserLine[]): Promise<void> {
    for (const line of lines) {
      if (this.#next === this.#read.length && !this.#ended) await this.#readOn();
      if (this.#read[this.#next] !== line.json) await this.#addOther(line);
      else {
        this.#next++;
        this.#shared++;
      }
    }
  }

  /** All changes, in the order of the feed. `shared` counts the users that are in both snapshots. */
  async end(): Promise<{ changes: readonly Change[]; counts: ChangeCounts; shared: number }> {
    for (let line = await this.#nextLine(); line !== undefined; line = await this.#nextLine()) {
      this.#matchBefore(userOfLine(line));
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

  /** Reads until there is a next line, or no more. */
  async #readOn(): Promise<void> {
    while (this.#next === this.#read.length && !this.#ended) {
      const { value, done } = await this.#previous.next();
      this.#ended = done === true;
      this.#read = done ? [] : value;
      this.#next = 0;
    }
  }

  async #nextLine(): Promise<string | undefined> {
    if (this.#next === this.#read.length) await this.#readOn();
    const line = this.#read[this.#next];
    if (line !== undefined) this.#next++;
    return line;
  }

  /**
   * Adds a user whose line isn't the next one. A user who left or joined moves all later ones. So this reads no line for a user who is
   * held, and reads on after a line whose user was held: both sides then continue with the same user.
   */
  async #addOther({ json, user }: UserLine): Promise<void> {
    const held = this.#onlyBefore.get(user.id);
    if (held) {
      this.#onlyBefore.delete(user.id);
      return this.#note(held, user);
    }
    for (let line = await this.#nextLine(); line !== undefined; line = await this.#nextLine()) {
      if (line === json) {
        this.#shared++;
        return;
      }
      const before = userOfLine(line);
      if (before.id === user.id) return this.#note(before, user);
      if (!this.#matchBefore(before)) break;
    }
    this.#onlyAfter.set(user.id, user);
  }

  /** Compares an earlier user with the same user of the new snapshot, or holds it. @returns whether it was compared */
  #matchBefore(before: User): boolean {
    const after = this.#onlyAfter.get(before.id);
    if (!after) this.#onlyBefore.set(before.id, before);
    else {
      this.#onlyAfter.delete(before.id);
      this.#note(before, after);
    }
    return after !== undefined;
  }

  #note(before: User | undefined, after: User | undefined): void {
    if (before && after) this.#shared++;
    const { id, email } = after ?? before ?? { id: '', email: null };
    for (const difference of differences(before, after))
      this.#changes.push({ ...this.#span, id, email, ...difference });
  }
}
