/** Holds entries until their counterparts are read. All but the newest are packed: if the order differs, a whole file may be held. */
import type { Entry } from './entries.ts';

export interface Placed {
  readonly entry: Entry;
  /** Its number, counted from 1. */
  readonly at: number;
}

export class HeldEntries {
  /** An entry's cells as one text, which takes a fraction of the memory. */
  readonly #packed = new Map<string, { readonly at: number; readonly cells: string }>();
  #newest: Placed | undefined;

  has(id: string): boolean {
    return this.#newest?.entry.id === id || this.#packed.has(id);
  }

  add(placed: Placed): void {
    if (this.#newest) {
      const { entry, at } = this.#newest;
      this.#packed.set(entry.id, { at, cells: JSON.stringify([...entry.cells]) });
    }
    this.#newest = placed;
  }

  /** Removes an entry and returns it. */
  take(id: string): Placed | undefined {
    const newest = this.#newest;
    if (newest?.entry.id === id) {
      this.#newest = undefined;
      return newest;
    }
    const packed = this.#packed.get(id);
    if (!packed) return undefined;
    this.#packed.delete(id);
    return { entry: { id, cells: new Map(JSON.parse(packed.cells)) }, at: packed.at };
  }

  /** The numbers of the entries that are held, in their order. */
  get numbers(): readonly number[] {
    return [...this.#packed.values(), ...(this.#newest ? [this.#newest] : [])].map(({ at }) => at);
  }
}
