import { hash } from 'node:crypto';
import type { User } from '../user.ts';

/** 32-bit words per entry: three of the id's hash, two of the row's. */
const ENTRY = 5;
const ID_WORDS = 3;
const FILL = 0.75;
/** Each table grows separately, so that growth never copies a large one. */
const TABLES = 256;

/**
 * The users seen so far, in about 30 bytes each. A Map of ids would take ten times as much. Ids are distinguished by 96 bits of
 * SHA-256, rows with the same id by 64.
 */
export class SeenUsers {
  readonly #tables = Array.from({ length: TABLES }, () => new Table());
  readonly #entry = new Uint32Array(ENTRY);

  /** Whether the id is new, was seen with the same row, or was seen with a different one. */
  add(user: User, row: string): 'new' | 'same' | 'different' {
    const [id, content] = [hash('sha256', user.id, 'buffer'), hash('sha256', row, 'buffer')];
    const entry = this.#entry;
    for (let word = 0; word < ENTRY; word++) {
      entry[word] = word < ID_WORDS ? id.readUInt32LE(4 * word) : content.readUInt32LE(4 * (word - ID_WORDS));
    }
    const table = this.#tables[(entry[1] ?? 0) % TABLES];
    return table?.add(entry) ?? 'new';
  }
}

/** A hash table with open addressing and linear probing. An entry of zeros is free. */
class Table {
  #words = new Uint32Array(8 * ENTRY);
  #count = 0;

  add(entry: Uint32Array): 'new' | 'same' | 'different' {
    const at = find(this.#words, entry);
    if (isFree(this.#words, at)) {
      this.#words.set(entry, at);
      if (++this.#count > (this.#words.length / ENTRY) * FILL) this.#grow();
      return 'new';
    }
    for (let word = ID_WORDS; word < ENTRY; word++) if (this.#words[at + word] !== entry[word]) return 'different';
    return 'same';
  }

  #grow(): void {
    const larger = new Uint32Array(Math.ceil((this.#words.length / ENTRY) * 1.5) * ENTRY);
    for (let at = 0; at < this.#words.length; at += ENTRY) {
      if (isFree(this.#words, at)) continue;
      const entry = this.#words.subarray(at, at + ENTRY);
      larger.set(entry, find(larger, entry));
    }
    this.#words = larger;
  }
}

/** The position of the entry's id, or of the free entry for it. */
function find(table: Uint32Array, entry: Uint32Array): number {
  let at = ((entry[0] ?? 0) % (table.length / ENTRY)) * ENTRY;
  while (!isFree(table, at) && !isSameId(table, at, entry)) at = (at + ENTRY) % table.length;
  return at;
}

function isFree(table: Uint32Array, at: number): boolean {
  for (let word = 0; word < ID_WORDS; word++) if (table[at + word] !== 0) return false;
  return true;
}

function isSameId(table: Uint32Array, at: number, entry: Uint32Array): boolean {
  for (let word = 0; word < ID_WORDS; word++) if (table[at + word] !== entry[word]) return false;
  return true;
}
