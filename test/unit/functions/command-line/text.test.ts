import { describe, expect, test } from 'vitest';
import { JsonList, legible, plural, printable, size } from '../../../../functions/command-line/text.ts';

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [1234, '1,234 users'],
])('the count %i reads as %s', (count, text) => {
  expect(plural(count, 'user')).toBe(text);
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

describe('a JSON list', () => {
  test.each([[[]], [[1]], [[1, 'b', null]]])('prints %j as one array with an element a line', (values: unknown[]) => {
    const list = new JsonList();
    const text = [...values.map((value) => list.element(JSON.stringify(value))), list.end()].join('');
    expect(JSON.parse(text)).toEqual(values);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.trimEnd().split('\n')).toHaveLength(values.length === 0 ? 1 : values.length + 2);
  });
});
