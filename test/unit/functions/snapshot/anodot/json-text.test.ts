import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compact, membersOf } from '../../../../../functions/snapshot/anodot/json-text.ts';

/** JSON as text, so that no number is changed. */

const spaced = (value: unknown): string => JSON.stringify(value, null, '\r\n\t ');
/** Every character as an escape, which JSON.stringify never writes. */
const escaped = (text: string): string =>
  `"${text.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

describe('compact JSON', () => {
  test.each([
    ['"plain"', '"plain"'],
    ['"a b"', '"a b"'],
    ['[ 1.10 , -0.0 ]', '[1.10,-0.0]'],
    [String.raw`"\u0041\/"`, '"A/"'],
    [String.raw`"\\"`, String.raw`"\\"`],
    [String.raw`"\ud83d\ude00"`, '"😀"'],
    ['"\ud800"', String.raw`"\ud800"`],
    ['"\u2028\u007f"', '"\u2028\u007f"'],
  ])('of %s is %s', (json, expected) => {
    expect(compact(json)).toBe(expected);
  });

  test('is what JSON.stringify writes, whatever white space and escapes the text has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = JSON.stringify(value);
        expect([compact(json), compact(spaced(value))]).toEqual([json, json]);
        expect(compact(`[${escaped(text)}]`)).toBe(JSON.stringify([text]));
        expect(compact(JSON.stringify({ [text]: text }))).toBe(JSON.stringify({ [text]: text }));
      }),
    );
  });
});

test('the members of an object have the names that JSON.parse reads, and their text', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()), { selector: ([name]) => name }),
      (members) => {
        const plain = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
        const other = members.map(([name, value]) => ` ${escaped(name)} :${JSON.stringify(value)}`).join(',');
        const expected = new Map(members.map(([name, value]) => [name, JSON.stringify(value)]));
        expect([membersOf(`{${plain}}`), membersOf(` {${other}}`)]).toEqual([expected, expected]);
      },
    ),
  );
});
