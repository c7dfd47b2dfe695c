/** Keeps the first items of a long list, in order, without ever holding the list. */
import type { Limited } from './overview.ts';

/** Trimming less often makes sorting cheap. */
const SPARE = 1000;

export class Shortlist<Item> {
  readonly #most: number;
  readonly #order: (a: Item, b: Item) => number;
  #items: Item[] = [];
  #total = 0;

  /** @param most how many items are kept */
  constructor(most: number, order: (a: Item, b: Item) => number) {
    this.#most = most;
    this.#order = order;
  }

  add(item: Item): void {
    this.#total++;
    if (this.#items.push(item) >= 2 * this.#most + SPARE) this.#trim();
  }

  result(): Limited<Item> {
    this.#trim();
    return { items: this.#items, total: this.#total };
  }

  #trim(): void {
    this.#items = this.#items.sort(this.#order).slice(0, this.#most);
  }
}

/** By UTF-16 code units. Null comes last. */
export function byText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

/** The largest number first. Null comes last. */
export function largestFirst(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return b - a;
}
