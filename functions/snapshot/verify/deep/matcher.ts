/** Matches the entries of a stored object with the recomputed ones, while both are streamed. */
import type { Columns } from './columns.ts';
import type { Entry } from './entries.ts';

/** What doesn't match: columns of an entry, a stored entry that isn't recomputed, or a recomputed one that isn't stored. */
export type Mismatch =
  | { readonly is: 'different'; readonly at: number; readonly columns: readonly string[] }
  | { readonly is: 'extra' | 'lacking'; readonly at: number };

interface Placed {
  readonly entry: Entry;
  /** Its number, counted from 1. */
  readonly at: number;
}

/** The order of entries doesn't matter, but memory use depends on it: an entry is held until its counterpart has been read. */
export class Matcher {
  /** The first mismatches. */
  readonly mismatches: Mismatch[] = [];
  /** How many there are in total. */
  count = 0;
  readonly columns: Columns;
  readonly #stored: AsyncIterator<Entry | undefined>;
  readonly #limit: number;
  readonly #onlyStored = new Map<string, Placed>();
  readonly #onlyComputed = new Map<string, Placed>();
  #storedCount = 0;
  #computedCount = 0;

  /** @param stored the entries in order, undefined for one that can't be read */
  constructor(stored: AsyncIterable<Entry | undefined>, columns: Columns, limit: number) {
    this.#stored = stored[Symbol.asyncIterator]();
    this.columns = columns;
    this.#limit = limit;
  }

  /** Adds the next recomputed entry. */
  async add(entry: Entry): Promise<void> {
    await this.#readStored();
    const computed = { entry, at: ++this.#computedCount };
    const stored = this.#onlyStored.get(entry.id);
    if (stored) {
      this.#onlyStored.delete(entry.id);
      this.#compare(stored, computed);
    } else if (this.#onlyComputed.has(entry.id)) this.#note({ is: 'lacking', at: computed.at });
    else this.#onlyComputed.set(entry.id, computed);
  }

  async end(): Promise<void> {
    while (await this.#readStored());
    for (const { at } of this.#onlyStored.values()) this.#note({ is: 'extra', at });
    for (const { at } of this.#onlyComputed.values()) this.#note({ is: 'lacking', at });
  }

  /** @returns whether there was another stored entry */
  async #readStored(): Promise<boolean> {
    const { value: entry, done } = await this.#stored.next();
    if (done) return false;
    const at = ++this.#storedCount;
    if (!entry || this.#onlyStored.has(entry.id)) {
      this.#note({ is: 'extra', at });
      return true;
    }
    const computed = this.#onlyComputed.get(entry.id);
    if (computed) {
      this.#onlyComputed.delete(entry.id);
      this.#compare({ entry, at }, computed);
    } else this.#onlyStored.set(entry.id, { entry, at });
    return true;
  }

  #compare({ entry: stored, at }: Placed, { entry: computed }: Placed): void {
    const columns = this.columns.differing(stored.cells, computed.cells);
    if (columns.length > 0) this.#note({ is: 'different', at, columns });
  }

  #note(mismatch: Mismatch): void {
    this.count++;
    if (this.mismatches.length < this.#limit) this.mismatches.push(mismatch);
  }
}
