import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayParser } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { SourceContractError, TruncatedResponseError } from '../../../../../functions/snapshot/errors.ts';
import { agrees, type Limits, outcome, pieces, utf8 } from '../../../../support/anodot/parsed-array.ts';

/** The parser holds at most runLength bytes, one element and one piece. */

describe('the memory of the parser', () => {
  const user = { _id: '608e9f23980ab6000ed6f696', names: 'x'.repeat(300), groups: [{ a: 1 }, { b: 2 }] };
  const size = JSON.stringify(user).length + 1;

  test('never exceeds runLength, one element and one piece, because users are passed on as they arrive', () => {
    const bytes = utf8(JSON.stringify(Array.from({ length: 2000 }, () => user)));
    const parser = new ArrayParser({ runLength: 4096 });
    let pushed = 0;
    let handedOn = 0;
    let most = 0;
    for (const piece of pieces(bytes, [1000])) {
      pushed += piece.length;
      handedOn += parser.push(piece).elements.length * size;
      most = Math.max(most, pushed - handedOn);
    }
    expect(most).toBeLessThanOrEqual(4096 + size + 1000);
  });

  const endless = (start: string, more: string, limit: Limits): number => {
    const parser = new ArrayParser(limit);
    let pushed = parser.push(utf8(start)).elements.length;
    for (;;) {
      try {
        parser.push(utf8(more));
      } catch (error) {
        expect(error).toBeInstanceOf(SourceContractError);
        expect(error).not.toBeInstanceOf(TruncatedResponseError);
        return pushed;
      }
      pushed += more.length;
    }
  };

  test.each([
    ['a string', '[{"a":"', 'x'.repeat(100)],
    ['a string of commas and braces', '[{"a":"', '},{'.repeat(30)],
    ['an array of objects', '[{"a":[0', ',{"b":1}'.repeat(10)],
    ['a nesting', '[', '['.repeat(100)],
    ['white space', '[{},{}', ' \n'.repeat(50)],
    ['a number', '[1', '0'.repeat(100)],
  ])('is bounded: %s that never ends is rejected at the cap', (_, start, more) => {
    const maxElementLength = 10_000;
    for (const runLength of [16, 4096, 65_536]) {
      expect(endless(start, more, { runLength, maxElementLength })).toBeLessThanOrEqual(maxElementLength + more.length);
    }
  });

  const around = (length: number): string => JSON.stringify([{ a: 'x'.repeat(length - '{"a":""}'.length) }, { b: 1 }]);

  test('allows elements up to the cap and none above it, however the bytes are cut', () => {
    const length = fc.integer({ min: 990, max: 1010 });
    const size = fc.constantFrom(1, 50, 999, 5000);
    const run = fc.constantFrom(1, 900, 65_536);
    fc.assert(
      fc.property(length, fc.nat({ max: 3 }), size, run, (elementLength, others, piece, runLength) => {
        const text = around(elementLength).replace('[', `[${'{},'.repeat(others)}`);
        const got = outcome(utf8(text), [piece], { runLength, maxElementLength: 1000 });
        return elementLength > 1000 ? got === 'broken' : agrees(got, text);
      }),
      { numRuns: 300 },
    );
  });

  test('is bounded per user: a cap below one user rejects any list, a cap above it accepts many users', () => {
    const text = JSON.stringify(Array.from({ length: 200 }, () => user));
    expect(outcome(utf8(text), [64], { maxElementLength: size - 100 })).toBe('broken');
    expect(agrees(outcome(utf8(text), [64], { maxElementLength: size + 100 }), text)).toBe(true);
  });
});
