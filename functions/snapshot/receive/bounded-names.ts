import { DRIFT_BOUNDS } from '../contract.ts';
import { onOneLine } from '../format/cell-text.ts';

/** Limits names that the account chose, so that it can't bloat a document that is kept forever, or put free text into it. */

const { names: MAX_NAMES, nameLength: MAX_NAME_LENGTH } = DRIFT_BOUNDS;

/** The first characters of a name, on one line. */
export function boundedName(name: string): string {
  const short = name.length > MAX_NAME_LENGTH ? [...name].slice(0, MAX_NAME_LENGTH).join('') : name;
  return onOneLine(short.toWellFormed());
}

/** Keeps the first names in sort order, and how often each was added. */
export class BoundedNames {
  /** How often the other names were added. */
  others = 0;
  readonly sorted: string[] = [];
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const short = boundedName(name);
    const count = this.#counts.get(short);
    if (count === undefined && this.#isBeyond(short)) {
      this.others++;
      return;
    }
    this.#counts.set(short, (count ?? 0) + 1);
    if (count === undefined) this.#insert(short);
  }

  get counts(): Iterable<readonly [name: string, count: number]> {
    return this.#counts;
  }

  #isBeyond(name: string): boolean {
    const last = this.sorted[MAX_NAMES - 1];
    return last !== undefined && name > last;
  }

  #insert(name: string): void {
    this.sorted.push(name);
    this.sorted.sort();
    const dropped = this.sorted.length > MAX_NAMES ? this.sorted.pop() : undefined;
    if (dropped === undefined) return;
    this.others += this.#counts.get(dropped) ?? 0;
    this.#counts.delete(dropped);
  }
}
