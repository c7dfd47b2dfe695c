/** Matches the entries of a stored object with the recomputed ones, while both are streamed. */
import { columnOf, type Entry } from './entries.ts';

/** What doesn't match: columns of an entry, a stored entry that isn't recomputed, or a recomputed one that isn't stored. */
export type Mismatch =
  | { readonly is: 'different'; readonly at: number; readonly columns: readonly string[] }
  | { readonly is: 'extra' | 'lacking'; readonly at: number };

interface Placed {
  readonly entry: Entry;
  /** Its number, counted from 1. */
  readonly at: number;
}

/**
 * The order of entries doesn't matter, but memory use depends on it: an entry is held until its counterpart has been read. Compares the
 * columns that both entries have.
 */
export class Matcher {
  /** The first mismatches. */
  readonly mismatches: Mismatch[] = [];
  /** How many there are in total. */
  count = 0;
  /** Columns that only recomputed entries have. */
  readonly lackingColumns = new Set<string>();
  /** Whether an entry has other columns than its counterpart. */
  hasOtherColumns = false;
  readonly #stored: AsyncIterator<Entry | undefined>;
  readonly #limit: number;
  readonly #onlyStored = new Map<string, Placed>();
  readonly #onlyComputed = new Map<string, Placed>();
  #storedCount = 0;
  #computedCount = 0;

  /** @param stored the entries in order, undefined for one that can't be read */
  constructor(stored: AsyncIterable<Entry | undefined>, limit: number) {
    this.#stored = stored[Symbol.asyncIterator]();
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
    const [ours, theirs] = [columnsOf(computed), columnsOf(stored)];
    const lacking = ours.difference(theirs);
    for (const column of lacking) this.lackingColumns.add(column);
    // With other columns, a value may have moved into or out of a column of values that have none.
    const sameColumns = lacking.size === 0 && theirs.difference(ours).size === 0;
    this.hasOtherColumns ||= !sameColumns;
    const cells = new Set([...stored.cells.keys(), ...computed.cells.keys()]);
    const different = [...cells].filter((cell) => {
      const [a, b] = [stored.cells.get(cell), computed.cells.get(cell)];
      return a !== b && (sameColumns || (a !== undefined && b !== undefined));
    });
    if (different.length > 0) this.#note({ is: 'different', at, columns: [...new Set(different.map(columnOf))] });
  }

  #note(mismatch: Mismatch): void {
    this.count++;
    if (this.mismatches.length < this.#limit) this.mismatches.push(mismatch);
  }
}

const columnsOf = ({ cells }: Entry): Set<string> => new Set([...cells.keys()].map(columnOf));
