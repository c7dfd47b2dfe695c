import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from '../../../../../functions/snapshot/format/line-reader.ts';

function linesOf(bytes: Uint8Array, size: number, isStrict: boolean): string[] {
  const reader = new LineReader({ isStrict });
  const lines: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += size) lines.push(...reader.push(bytes.subarray(at, at + size)));
  return [...lines, reader.end()];
}

const size = fc.integer({ min: 1, max: 20 });
const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', '"') });

test('a text has the same lines wherever its bytes are cut', () => {
  fc.assert(
    fc.property(text, size, fc.boolean(), (whole, cut, isStrict) => {
      expect(linesOf(Buffer.from(whole), cut, isStrict)).toEqual(whole.split('\n'));
    }),
  );
});

test('bytes that are not UTF-8 are an error if the reader is strict, and U+FFFD otherwise', () => {
  fc.assert(
    fc.property(size, (cut) => {
      for (const bytes of [Buffer.of(0x61, 0xff, 0x0a), Buffer.of(0x0a, 0xf0, 0x9f)]) {
        expect(() => linesOf(bytes, cut, true)).toThrow(TypeError);
        expect(linesOf(bytes, cut, false).join('\n')).toContain('\uFFFD');
      }
    }),
  );
});
