import { describe, expect, test } from 'vitest';
import { ArrayParser } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { agrees, outcome, parseAll, utf8 } from '../../../../support/anodot/parsed-array.ts';

/** Which texts are accepted as a list, and which are truncated or broken. */

describe('a list of users', () => {
  const limit = { runLength: 64 };

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t '],
    ['an opened array', '['],
    ['half a byte order mark', Buffer.from([0xef, 0xbb])],
    ['half a character', Buffer.from([0x5b, 0x22, 0xf0, 0x9f])],
    ['an array that ends after a comma', '[{},'],
    ['an unterminated string', '[{"a":"},{"b":1}]'],
    ['a truncated literal', '[tru'],
    ['a truncated escape', '["\\u00'],
  ])('is truncated if the response is %s', (_, text) => {
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
    ['a leading no-break space', '\u00a0[]'],
    ['a missing comma', '[{} {}]'],
    ['a doubled comma', '[{},,{}]'],
    ['a leading comma', '[,{}]'],
    ['a trailing comma', '[{},]'],
    ['a trailing comma surrounded by white space', '[{} , \n]'],
    ['a lone comma', '[,]'],
    ['a second array', '[{}][{}]'],
    ['a second array after a comma', '[{}],[{}]'],
    ['an extra bracket', '[{}]]'],
    ['a word after the end', '[{}] x'],
    ['a NUL after the end', '[{}]\0'],
    ['a no-break space after the end', '[{}]\u00a0'],
    ['the wrong bracket', '[{}}'],
    ['NaN', '[NaN]'],
    ['a leading zero', '[01]'],
    ['a single quote', "['a']"],
    ['a comment', '[{}/**/]'],
    ['a line feed within a string', '["\n"]'],
    ['a vertical tab between elements', '[{},\u000b{}]'],
  ])('is rejected for %s, however the bytes are cut', (_, text) => {
    const bytes = utf8(text);
    const all = [1, 2, 3, 5, bytes.length].map((size) => outcome(bytes, [size], { runLength: size }));
    expect(new Set(all)).toEqual(new Set(['broken']));
  });

  test.each([
    ['no elements', '[]'],
    ['no elements but white space', ' [ \r\n\t ] \n'],
    ['elements that are not objects', '[1,"a",null,true,[],[1,2],{}, -0 ,"},{"]'],
    ['arrays in arrays', '[[[{},{}],[{},{}]],[[{},{}]]]'],
    ['a duplicate key', '[{"a":{"b":1},"a":2},{"a":2,"a":{"b":1}}]'],
    ['`__proto__` as a key', '[{"__proto__":{"id":"a"}},{"a":{"__proto__":1}}]'],
  ])('may have %s, however the bytes are cut', (_, text) => {
    const bytes = utf8(text);
    const all = [1, 2, 3, 5, bytes.length].map((size) => outcome(bytes, [size], { runLength: size }));
    expect(all.every((got) => agrees(got, text))).toBe(true);
  });

  test('is split only between users, even if each contains hundreds of objects', () => {
    const user = (n: number) => ({
      _id: `${n}`,
      teams: Array.from({ length: 300 }, (_, team) => ({ team, of: [{ n }] })),
    });
    const users = Array.from({ length: 40 }, (_, n) => user(n));
    const elements = parseAll(utf8(JSON.stringify(users, null, 1)), [777], { runLength: 1000 });
    expect(elements).toEqual(users);
  });

  test('may have elements many times longer than runLength', () => {
    const users = [{ a: 'x'.repeat(100_000) }, { b: [...'},{'.repeat(30_000)] }, { c: '😀'.repeat(20_000) }];
    expect(parseAll(utf8(JSON.stringify(users)), [1013], { runLength: 16 })).toEqual(users);
  });

  test('delivers a hundred thousand elements in order, even if they are not objects', () => {
    const numbers = Array.from({ length: 100_000 }, (_, n) => n);
    expect(parseAll(utf8(JSON.stringify(numbers)), [16_384])).toEqual(numbers);
  });

  test('may have an element of 100,000 nested arrays', () => {
    const depth = 100_000;
    const elements = parseAll(utf8(`[${'['.repeat(depth)}${']'.repeat(depth)},1]`), [4096], limit);
    let nested = elements[0];
    let found = 0;
    for (; Array.isArray(nested); nested = nested[0]) found++;
    expect(elements[1]).toBe(1);
    expect(found).toBe(depth);
  });

  test('is truncated if 100,000 nested arrays stay open', () => {
    expect(outcome(utf8(`[${'[{"a":'.repeat(100_000)}`), [4096], limit)).toBe('truncated');
  });

  test('keeps the text of each element, however deeply it is nested', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const batch = new ArrayParser({ runLength: 1 }).push(utf8(`[{"n":1.10},${deep},{"n":-0},`));
    expect([batch.text(0), batch.text(1), batch.text(2)]).toEqual(['{"n":1.10}', deep, '{"n":-0}']);
  });
});

test('no error message quotes the response', () => {
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
