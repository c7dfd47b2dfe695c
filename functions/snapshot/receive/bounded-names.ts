import { onOneLine } from '../format/cell-text.ts';

/** Names that the account chose, bounded: an account can't swell a document that is never deleted, nor put free text into it. */

const MAX_NAMES = 50;
const MAX_NAME_LENGTH = 64;

/** The first 64 characters of a name, on one line. */
export function boundedName(name: string): string {
  const short = name.length > MAX_NAME_LENGTH ? [...name].slice(0, MAX_NAME_LENGTH).join('') : name;
  return onOneLine(short.toWellFormed());
}

/** The first fifty names in sort order, and how often each was added. */
export class BoundedNames {
  /** How often the other names were added. */
  others = 0;
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const short = boundedName(name);
    const count = this.#counts.get(short) ?? 0;
    this.#counts.set(short, count + 1);
    if (this.#counts.size <= MAX_NAMES) return;
    const last = this.sorted.at(-1) ?? '';
    this.others += this.#counts.get(last) ?? 0;
    this.#counts.delete(last);
  }

  get sorted(): string[] {
    return [...this.#counts.keys()].sort();
  }

  get counts(): Iterable<readonly [name: string, count: number]> {
    return this.#counts;
  }
}
