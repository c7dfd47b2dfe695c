import { getRandomValues } from 'node:crypto';

const BYTE_VALUES = 256;

/**
 * Spreads entries over a hash table by simple tabulation hashing: one random number for each value of each byte, combined with XOR. It is
 * proven that linear probing then takes constant time on average, whatever the entries are (Patrascu and Thorup, 2012). The numbers
 * are new in each run, so nobody can choose ids that all belong in one place.
 */
export class PlaceHash {
  readonly #words: number;
  readonly #random: Uint32Array;

  /** @param words how many 32-bit words decide the place */
  constructor(words: number) {
    this.#words = words;
    this.#random = getRandomValues(new Uint32Array(4 * words * BYTE_VALUES));
  }

  /** A signed number of 32 bits for the words that begin at `at`. Equal words have equal places. */
  of(table: Uint32Array, at: number): number {
    let place = 0;
    for (let i = 0; i < 4 * this.#words; i++) {
      const byte = ((table[at + (i >> 2)] ?? 0) >>> (8 * (i & 3))) & 0xff;
      place ^= this.#random[i * BYTE_VALUES + byte] ?? 0;
    }
    return place;
  }
}
