import { hash } from 'node:crypto';
import type { User } from './user.ts';

/** Words of 32 bits an entry: four of the id's hash, two of the row's. */
const ENTRY = 6;
const FILL = 0.7;

/**
 * The users that have passed, in 24 bytes each: an account of a million fits where a Map of ids would take ten times that.
 * Ids are told apart by 128 bits of SHA-256, rows of one id by 64.
 */
export class SeenUsers {
  #table = new Uint32Array(1024 * ENTRY);
  #count = 0;

  /** Whether the user is new, the same row again, or another row under an id that has passed. */
  add(user: User, row: string): 'new' | 'same' | 'different' {
    const entry = new Uint32Array(ENTRY);
    entry.set(words(user.id, 4));
    entry.set(words(row, 2), 4);
    const at = this.#find(this.#table, entry);
    if (this.#isFree(this.#table, at)) {
      this.#table.set(entry, at);
      if (++this.#count > (this.#table.length / ENTRY) * FILL) this.#grow();
      return 'new';
    }
    return this.#table[at + 4] === entry[4] && this.#table[at + 5] === entry[5] ? 'same' : 'different';
  }

  /** Where the entry's id stands, or the free place for it: linear probing. */
  #find(table: Uint32Array, entry: Uint32Array): number {
    const places = table.length / ENTRY;
    let place = (entry[0] ?? 0) % places;
    for (;;) {
      const at = place * ENTRY;
      if (this.#isFree(table, at)) return at;
      if ([0, 1, 2, 3].every((word) => table[at + word] === entry[word])) return at;
      place = (place + 1) % places;
    }
  }

  #isFree(table: Uint32Array, at: number): boolean {
    return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += ENTRY) {
      if (this.#isFree(this.#table, at)) continue;
      const entry = this.#table.subarray(at, at + ENTRY);
      larger.set(entry, this.#find(larger, entry));
    }
    this.#table = larger;
  }
}

function words(text: string, count: number): Uint32Array {
  const digest = hash('sha256', text, 'buffer');
  return Uint32Array.from({ length: count }, (_, i) => digest.readUInt32LE(i * 4));
}
