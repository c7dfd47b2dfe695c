import { describe, expect, test } from 'vitest';
import { ArrayParser } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { agrees, outcome, parseAll, utf8 } from '../../../../support/anodot/parsed-array.ts';

/** Which texts are a list, and which are truncated or broken. */

describe('what a list of users may look like', () => {
  const limit = { runLength: 64 };

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t '],
    ['an opened array', '['],
    ['a half byte order mark', Buffer.from([0xef, 0xbb])],
    ['half a character', Buffer.from([0x5b, 0x22, 0xf0, 0x9f])],
    ['an array that ends behind a comma', '[{},'],
    ['a string that stays open', '[{"a":"},{"b":1}]'],
    ['a literal cut short', '[tru'],
    ['an escape cut short', '["\\u00'],
  ])('%s is a truncated answer', (_, text) => {
    expect(outcome(Buffer.from(text), [1], limit)).toBe('truncated');
  });

  test.each([
    ['an HTML page', '<!doctype html>'],
    ['an object', '{"users":[]}'],
    ['null', 'null'],
    ['a string', '"[]"'],
    ['a number', '17'],
    ['two byte order marks', '\ufeff\ufeff[]'],
    ['white space before a byte order mark', ' \ufeff[]'],
    ['a no-break space in front', '\u00a0[]'],
    ['a comma too few', '[{} {}]'],
    ['a comma too many in the middle', '[{},,{}]'],
    ['a comma in front', '[,{}]'],
    ['a comma at the end', '[{},]'],
    ['a comma at the end, after white space', '[{} , \n]'],
    ['a comma alone', '[,]'],
    ['a second array', '[{}][{}]'],
    ['a second array behind a comma', '[{}],[{}]'],
    ['a bracket too many', '[{}]]'],
    ['a word behind the end', '[{}] x'],
    ['a NUL behind the end', '[{}]\0'],
    ['a no-break space behind the end', '[{}]\u00a0'],
    ['the wrong bracket', '[{}}'],
    ['NaN', '[NaN]'],
    ['a leading zero', '[01]'],
    ['a single quote', "['a']"],
    ['a comment', '[{}/**/]'],
    ['a line feed within a string', '["\n"]'],
    ['a vertical tab between elements', '[{},\u000b{}]'],
  ])('%s is a broken answer, whatever the cut', (_, text) => {
    const bytes = utf8(text);
    const all = [1, 2, 3, 5, bytes.length].map((size) => outcome(bytes, [size], { runLength: size }));
    expect(new Set(all)).toEqual(new Set(['broken']));
  });

  test.each([
    ['no elements', '[]'],
    ['no elements but white space', ' [ \r\n\t ] \n'],
    ['elements that are no objects', '[1,"a",null,true,[],[1,2],{}, -0 ,"},{"]'],
    ['arrays in arrays', '[[[{},{}],[{},{}]],[[{},{}]]]'],
    ['a key twice', '[{"a":{"b":1},"a":2},{"a":2,"a":{"b":1}}]'],
    ['`__proto__` as a key', '[{"__proto__":{"id":"a"}},{"a":{"__proto__":1}}]'],
  ])('%s are accepted, whatever the cut', (_, text) => {
    const bytes = utf8(text);
    const all = [1, 2, 3, 5, bytes.length].map((size) => outcome(bytes, [size], { runLength: size }));
    expect(all.every((got) => agrees(got, text))).toBe(true);
  });

  test('users with hundreds of objects inside are parted at their own borders only', () => {
    const user = (n: number) => ({
      _id: `${n}`,
      teams: Array.from({ length: 300 }, (_, team) => ({ team, of: [{ n }] })),
    });
    const users = Array.from({ length: 40 }, (_, n) => user(n));
    const elements = parseAll(utf8(JSON.stringify(users, null, 1)), [777], { runLength: 1000 });
    expect(elements).toEqual(users);
  });

  test('an element may be many times larger than a run', () => {
    const users = [{ a: 'x'.repeat(100_000) }, { b: [...'},{'.repeat(30_000)] }, { c: '😀'.repeat(20_000) }];
    expect(parseAll(utf8(JSON.stringify(users)), [1013], { runLength: 16 })).toEqual(users);
  });

  test('a hundred thousand elements that are no objects arrive in order', () => {
    const numbers = Array.from({ length: 100_000 }, (_, n) => n);
    expect(parseAll(utf8(JSON.stringify(numbers)), [16_384])).toEqual(numbers);
  });

  test('a nesting of 100,000 arrays is an element like any other', () => {
    const depth = 100_000;
    const elements = parseAll(utf8(`[${'['.repeat(depth)}${']'.repeat(depth)},1]`), [4096], limit);
    let nested = elements[0];
    let found = 0;
    for (; Array.isArray(nested); nested = nested[0]) found++;
    expect(elements[1]).toBe(1);
    expect(found).toBe(depth);
  });

  test('a nesting of 100,000 arrays that stays open is truncated', () => {
    expect(outcome(utf8(`[${'[{"a":'.repeat(100_000)}`), [4096], limit)).toBe('truncated');
  });

  test('a nesting that is too deep to keep digits in does not spoil the digits of the element beside it', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const batch = new ArrayParser({ runLength: 1 }).push(utf8(`[{"n":1.10},${deep},{"n":-0},`));
    expect(JSON.stringify([batch.exact(0), batch.exact(2)])).toBe('[{"n":1.10},{"n":-0}]');
  });
});

test('no message holds what the answer says', () => {
  const texts = ['{"canary":1}', '[canary]', '["canary" 1]', '[{"canary":1},,', 'canary', '[1]canary', '["canary'];
  for (const text of texts) {
    let message = '';
    try {
      parseAll(utf8(text), [3], { runLength: 4 });
    } catch (error) {
      message = `${error instanceof Error ? `${error.message} ${String(error.cause)}` : error}`;
    }
    expect(message).not.toBe('');
    expect(message).not.toContain('canary');
  }
});
