/** Matches the entries of a stored object with the recomputed ones, while both are streamed. */
import type { Columns } from './columns.ts';
import type { Entry } from './entries.ts';
import { HeldEntries, type Placed } from './held-entries.ts';

/** What doesn't match: columns of an entry, a stored entry that isn't recomputed, or a recomputed one that isn't stored. */
export type Mismatch =
  | { readonly is: 'different'; readonly at: number; readonly columns: readonly string[] }
  | { readonly is: 'extra' | 'lacking'; readonly at: number };

/** The order of entries doesn't matter, but memory use depends on it: an entry is held until its counterpart has been read. */
export class Matcher {
  /** The first mismatches. */
  readonly mismatches: Mismatch[] = [];
  /** How many there are in total. */
  count = 0;
  readonly columns: Columns;
  readonly #stored: AsyncIterator<Entry | undefined>;
  readonly #limit: number;
  readonly #onlyStored = new HeldEntries();
  readonly #onlyComputed = new HeldEntries();
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
    const stored = this.#onlyStored.take(entry.id);
    if (stored) this.#compare(stored, computed);
    else if (this.#onlyComputed.has(entry.id)) this.#note({ is: 'lacking', at: computed.at });
    else this.#onlyComputed.add(computed);
  }

  async end(): Promise<void> {
    while (await this.#readStored());
    for (const at of this.#onlyStored.numbers) this.#note({ is: 'extra', at });
    for (const at of this.#onlyComputed.numbers) this.#note({ is: 'lacking', at });
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
    const computed = this.#onlyComputed.take(entry.id);
    if (computed) this.#compare({ entry, at }, computed);
    else this.#onlyStored.add({ entry, at });
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
