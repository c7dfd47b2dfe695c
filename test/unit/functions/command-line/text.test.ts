import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  cut,
  grouped,
  inOrder,
  JsonList,
  legible,
  plural,
  printable,
  size,
  widthOf,
} from '../../../../functions/command-line/text.ts';

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [1234, '1,234 users'],
])('the count %i reads as %s', (count, text) => {
  expect(plural(count, 'user')).toBe(text);
});

test('a whole number has its thousands separated as in English', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (count) => grouped(count) === count.toLocaleString('en')));
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_250_000, '1.3 MB'],
])('the size %i reads as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test('printable JSON has the same value and no control character', () => {
  const value = { text: 'a\u009b2J\u007f\u0000\u2028\u202e\u200f', é: '小林' };
  const text = printable(JSON.stringify(value));
  expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
  expect(JSON.parse(text)).toEqual(value);
});

test('legible text has its line ends, a space for each other control, and no bidirectional control', () => {
  expect(legible('a\u001b[1m\u009b\tb\n\u2028c\u202e\u2066d\r\n小林\r')).toBe('a [1m  b\n cd\r\n小林 ');
});

test.each([
  ['Chen', 10, 'Chen'],
  ['Castro Ruiz', 10, 'Castro Ru…'],
  ['佐々木 健', 6, '佐々…'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '👩‍👩‍👧‍👦…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%j cut to %i columns is %j', (text, width, expected) => {
  expect(cut(text, width)).toBe(expected);
});

test('a cut text is never wider than asked for, and is the text itself or begins it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
      const shown = cut(text, width);
      expect(stringWidth(shown)).toBeLessThanOrEqual(width);
      expect(shown === text || text.startsWith(shown.slice(0, -1))).toBe(true);
      expect(widthOf(text)).toBe(stringWidth(text));
    }),
  );
});

const MARK = '\u200e';
test.each([
  ['שלום  עולם  5\n', `שלום${MARK}  עולם${MARK}  5\n`],
  ['user שלום 7   עולם\nb  c\n', `user שלום 7${MARK}   עולם\nb  c\n`],
  ['Chen  小林  5\n', 'Chen  小林  5\n'],
])(
  'a cell of right-to-left text in %j ends with a mark, so that it does not swap with the next cell',
  (text, expected) => {
    expect(inOrder(text)).toBe(expected);
  },
);

test('the marks of right-to-left text take no column and change nothing else', () => {
  const text = fc.string({ unit: fc.constantFrom('א', 'ب', 'a', '5', ' ', '  ', '\n', '小') });
  fc.assert(
    fc.property(text, (given) => {
      const marked = inOrder(given);
      expect(marked.replaceAll(MARK, '')).toBe(given);
      expect(stringWidth(marked)).toBe(stringWidth(given));
    }),
  );
});

describe('a JSON list', () => {
  test.each([[[]], [[1]], [[1, 'b', null]]])('prints %j as one array with an element a line', (values: unknown[]) => {
    const list = new JsonList();
    const text = [...values.map((value) => list.element(JSON.stringify(value))), list.end()].join('');
    expect(JSON.parse(text)).toEqual(values);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.trimEnd().split('\n')).toHaveLength(values.length === 0 ? 1 : values.length + 2);
  });
});
