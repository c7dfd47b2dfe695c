import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { ArrayParser } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { anyJson, array, limits, mutated, sizes } from '../../../../support/anodot/json-texts.ts';
import { agrees, type Limits, outcome, pieces, reference, utf8 } from '../../../../support/anodot/parsed-array.ts';

/** However the bytes are cut, the parser agrees with JSON.parse. */

/** The texts of all elements, each parsed with its numbers as strings. */
function digitsOf(bytes: Uint8Array, sizes: readonly number[], limits: Limits): unknown[] {
  const parser = new ArrayParser(limits);
  const batches = [...pieces(bytes, sizes)].map((piece) => parser.push(piece));
  return [...batches, parser.end()].flatMap((batch) =>
    batch.elements.map((_, i) => JSON.parse(withDigits(batch.text(i)))),
  );
}

/** The same JSON with each number as a string. */
const withDigits = (json: string): string =>
  json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"number ${token}"`,
  );

describe('however the bytes are cut', () => {
  test('the parser returns the elements of JSON.parse, and throws if JSON.parse throws or returns no array', () => {
    fc.assert(
      fc.property(anyJson, sizes, limits, ({ text }, cut, limit) => agrees(outcome(utf8(text), cut, limit), text)),
      { numRuns: 1500 },
    );
  });

  test('a corrupted text is accepted only if JSON.parse accepts it', () => {
    fc.assert(
      fc.property(mutated, sizes, limits, (text, cut, limit) => agrees(outcome(utf8(text), cut, limit), text)),
      { numRuns: 3000 },
    );
  });

  test('a text that ends early, even within a character, is reported as truncated rather than broken', () => {
    fc.assert(
      fc.property(array, sizes, limits, ({ text }, cut, limit) => {
        const bytes = utf8(text);
        for (let length = 0; length < bytes.length; length++) {
          const start = bytes.subarray(0, length);
          const got = outcome(start, cut, limit);
          const whole = isUtf8(start) && reference(start.toString()) !== undefined;
          if (whole ? !agrees(got, start.toString()) : got !== 'truncated') return false;
        }
        return true;
      }),
      { numRuns: 60 },
    );
  });

  test('a byte order mark is accepted at the start and nowhere else', () => {
    fc.assert(
      fc.property(array, fc.nat({ max: 9 }), sizes, limits, ({ text }, place, cut, limit) => {
        const inFront = `\ufeff${text}`;
        const marked = [...inFront].toSpliced(place, 0, '\ufeff').join('');
        return agrees(outcome(utf8(inFront), cut, limit), text) && agrees(outcome(utf8(marked), cut, limit), marked);
      }),
      { numRuns: 500 },
    );
  });

  test('bytes that are not UTF-8 are rejected', () => {
    const wrong = fc.constantFrom(
      ...[
        [0x80],
        [0xc0, 0xaf],
        [0xc3],
        [0xe2, 0x28],
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xf5],
        [0xff, 0xfe],
      ],
    );
    fc.assert(
      fc.property(array, wrong, fc.nat(), sizes, limits, ({ text }, insert, place, cut, limit) => {
        const bytes = utf8(text);
        const at = place % (bytes.length + 1);
        const spoiled = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at)]);
        fc.pre(!isUtf8(spoiled));
        return typeof outcome(spoiled, cut, limit) === 'string';
      }),
      { numRuns: 1000 },
    );
  });

  test('numbers keep every digit in the texts of the elements', () => {
    fc.assert(
      fc.property(array, sizes, limits, ({ text, digits }, cut, limit) => {
        const expected: unknown = JSON.parse(digits);
        return isDeepStrictEqual(digitsOf(utf8(text), cut, limit), expected);
      }),
      { numRuns: 1000 },
    );
  });
});
