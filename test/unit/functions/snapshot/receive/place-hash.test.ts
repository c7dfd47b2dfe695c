import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlaceHash } from '../../../../../functions/snapshot/receive/place-hash.ts';

const WORDS = 3;
const word = fc.integer({ min: 0, max: 0xffffffff });
const entry = fc.array(word, { minLength: WORDS, maxLength: WORDS });

const placeOf = (hash: PlaceHash, words: readonly number[]): number => hash.of(new Uint32Array(words), 0);

/** 256 entries that differ in two groups of four bits only. */
const grid = (one: number, other: number): number[][] =>
  Array.from({ length: 256 }, (_, n) => {
    const words = new Array<number>(WORDS).fill(0);
    for (const [bits, value] of [
      [one, n & 15],
      [other, n >> 4],
    ] as const)
      words[bits >> 3] = (words[bits >> 3] ?? 0) | (value << (4 * (bits & 7)));
    return words;
  });

/** How many values the most frequent one has. */
function mostEqual(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(...counts.values());
}

describe('the place of an entry', () => {
  test('is a number of 32 bits that depends on its words only, wherever they are stored', () => {
    const hash = new PlaceHash(WORDS);
    fc.assert(
      fc.property(entry, fc.array(word, { maxLength: 7 }), word, (words, before, after) => {
        const place = placeOf(hash, words);
        expect(hash.of(new Uint32Array([...before, ...words, after]), before.length)).toBe(place);
        expect(place).toBe(place | 0);
      }),
    );
  });

  test('differs from run to run, so nobody can choose ids that belong in one place', () => {
    const entries = fc.sample(entry, 20);
    const [one, other] = [new PlaceHash(WORDS), new PlaceHash(WORDS)];
    expect(entries.map((words) => placeOf(one, words))).not.toEqual(entries.map((words) => placeOf(other, words)));
  });

  test('is spread over the low and the high bits, whichever two digits of the ids differ', () => {
    const hash = new PlaceHash(WORDS);
    for (let one = 0; one < 8 * WORDS; one++)
      for (let other = 0; other < one; other++) {
        const places = grid(one, other).map((words) => placeOf(hash, words));
        expect(mostEqual(places.map((place) => place & 255))).toBeLessThan(64);
        expect(mostEqual(places.map((place) => place >>> 24))).toBeLessThan(64);
      }
  });
});
