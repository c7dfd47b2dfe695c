import { getRandomValues, hash, randomBytes } from 'node:crypto';
import type { User } from '../user.ts';
import { PlaceHash } from './place-hash.ts';

/** 32-bit words per entry: three of the id, two of the row's hash. */
const ENTRY = 5;
const ID_WORDS = 3;
const FILL = 0.8;
/** Each table grows separately, so that growth never copies a large one. */
const TABLE_BITS = 8;
const TABLES = 2 ** TABLE_BITS;
/** The length of Anodot's ids. Their digits are 96 bits, so they need no hash. */
const ID_DIGITS = 8 * ID_WORDS;

/**
 * The users seen so far, in about 30 bytes each. A Map of ids would take ten times as much. Ids of 24 hexadecimal digits are kept as they
 * are, and others as 96 bits of SHA-256. Rows with the same id are distinguished by 64 bits of SHA-256.
 */
export class SeenUsers {
  readonly #places = new PlaceHash(ID_WORDS);
  readonly #tables = Array.from({ length: TABLES }, () => new Table(this.#places));
  readonly #entry = new Uint32Array(ENTRY);
  /** Random in each run, so that nobody can choose an id whose hash is another id. */
  readonly #salt = randomBytes(16).toString('hex');
  /** Random too. Added to the id's words, so that no id that anyone can choose becomes zeros, which mark a free entry. */
  readonly #offset = getRandomValues(new Uint32Array(ID_WORDS));

  /** Whether the id is new, was seen with the same row, or was seen with a different one. */
  add({ id }: User, row: string): 'new' | 'same' | 'different' {
    const digits = isPlain(id) ? id : hash('sha256', this.#salt + id);
    const content = hash('sha256', row);
    const entry = this.#entry;
    for (let word = 0; word < ENTRY; word++) {
      entry[word] =
        word < ID_WORDS ? wordAt(digits, word) + (this.#offset[word] ?? 0) : wordAt(content, word - ID_WORDS);
    }
    const place = this.#places.of(entry, 0);
    return this.#tables[place & (TABLES - 1)]?.add(entry, place) ?? 'new';
  }
}

/** One more than the value of each hexadecimal digit, by its character code. 0 for all else, upper case included: it's another id. */
const DIGITS = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value + 1;

/** Whether the id is 24 hexadecimal digits. A regular expression takes several times as long, and this runs once per user. */
function isPlain(id: string): boolean {
  for (let i = 0; i < ID_DIGITS; i++) if (!DIGITS[id.charCodeAt(i)]) return false;
  return id.length === ID_DIGITS;
}

/** Eight digits of a hexadecimal text as a number of 32 bits. parseInt would first create the text of the digits. */
function wordAt(digits: string, index: number): number {
  let word = 0;
  for (let i = 8 * index; i < 8 * index + 8; i++) word = (word << 4) | ((DIGITS[digits.charCodeAt(i)] ?? 1) - 1);
  return word;
}

/** A hash table with open addressing and linear probing. An entry of zeros is free. */
class Table {
  readonly #places: PlaceHash;
  #words = new Uint32Array(8 * ENTRY);
  #count = 0;

  constructor(places: PlaceHash) {
    this.#places = places;
  }

  add(entry: Uint32Array, place: number): 'new' | 'same' | 'different' {
    const at = find(this.#words, entry, 0, place);
    if (isFree(this.#words, at)) {
      copy(entry, 0, this.#words, at);
      if (++this.#count > (this.#words.length / ENTRY) * FILL) this.#grow();
      return 'new';
    }
    for (let word = ID_WORDS; word < ENTRY; word++) if (this.#words[at + word] !== entry[word]) return 'different';
    return 'same';
  }

  #grow(): void {
    const words = this.#words;
    const larger = new Uint32Array(Math.ceil((words.length / ENTRY) * 1.25) * ENTRY);
    for (let at = 0; at < words.length; at += ENTRY) {
      if (!isFree(words, at)) copy(words, at, larger, find(larger, words, at, this.#places.of(words, at)));
    }
    words.buffer.transfer(0); // frees the memory at once, not when garbage is next collected
    this.#words = larger;
  }
}

/** Where the id of an entry is in a table, or the free entry for it. The place's low bits have chosen the table. */
function find(table: Uint32Array, entries: Uint32Array, from: number, place: number): number {
  let at = ((place >>> TABLE_BITS) % (table.length / ENTRY)) * ENTRY;
  while (!isFree(table, at) && !isSameId(table, at, entries, from)) {
    at += ENTRY;
    if (at === table.length) at = 0;
  }
  return at;
}

/** Copies one entry. For so few words, set() and subarray() would take longer than the rest of the work. */
function copy(entries: Uint32Array, from: number, table: Uint32Array, at: number): void {
  for (let word = 0; word < ENTRY; word++) table[at + word] = entries[from + word] ?? 0;
}

function isFree(table: Uint32Array, at: number): boolean {
  for (let word = 0; word < ID_WORDS; word++) if (table[at + word] !== 0) return false;
  return true;
}

function isSameId(table: Uint32Array, at: number, entries: Uint32Array, from: number): boolean {
  for (let word = 0; word < ID_WORDS; word++) if (table[at + word] !== entries[from + word]) return false;
  return true;
}
