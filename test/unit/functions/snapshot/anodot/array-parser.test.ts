import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayParser, type ArrayParserLimits } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { SourceContractError, TruncatedResponseError } from '../../../../../functions/snapshot/errors.ts';

/** Bytes in pieces of the given sizes, over and over. */
function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

type Limits = Partial<ArrayParserLimits>;

function parseAll(bytes: Uint8Array, sizes: readonly number[], limits: Limits = {}): unknown[] {
  const parser = new ArrayParser(limits);
  const elements: unknown[] = [];
  for (const piece of pieces(bytes, sizes)) for (const element of parser.push(piece).elements) elements.push(element);
  for (const element of parser.end().elements) elements.push(element);
  return elements;
}

function exactAll(bytes: Uint8Array, sizes: readonly number[], limits: Limits): unknown[] {
  const parser = new ArrayParser(limits);
  const batches = [...pieces(bytes, sizes)].map((piece) => parser.push(piece));
  return [...batches, parser.end()].flatMap((batch) => batch.elements.map((_, i) => batch.exact(i)));
}

type Outcome = { readonly elements: readonly unknown[] } | 'truncated' | 'broken';

function outcome(bytes: Uint8Array, sizes: readonly number[], limits: Limits): Outcome {
  try {
    return { elements: parseAll(bytes, sizes, limits) };
  } catch (error) {
    if (error instanceof TruncatedResponseError) return 'truncated';
    if (error instanceof SourceContractError) return 'broken';
    throw error;
  }
}

/** What JSON.parse makes of the whole, a byte order mark in front aside; undefined where that is no array, or nothing. */
function reference(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Node's own comparison tells -0 from 0 and sees an own `__proto__`. */
function agrees(got: Outcome, text: string): boolean {
  const expected = reference(text);
  if (expected === undefined) return typeof got === 'string';
  return typeof got === 'object' && isDeepStrictEqual(got.elements, expected);
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** JSON as a text, and once more with every number as a string, which shows its digits. */
interface Json {
  readonly text: string;
  readonly digits: string;
}
const same = (text: string): Json => ({ text, digits: text });
const joined = (open: string, parts: readonly Json[], close: string): Json => ({
  text: open + parts.map((part) => part.text).join(',') + close,
  digits: open + parts.map((part) => part.digits).join(',') + close,
});

const whiteSpace = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 4 }),
);
const number = fc
  .oneof(
    fc.constantFrom(
      '0',
      '-0',
      '-0.0',
      '1.10',
      '1e400',
      '-1E+400',
      '1e-400',
      '9007199254740993',
      '12345678901234567890',
    ),
    fc.stringMatching(/^-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?$/),
  )
  .map((token) => ({ text: token, digits: `"number ${token}"` }));
const rawString = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '},{',
        '}, {',
        '} ,',
        '[',
        ']',
        '],[',
        '{',
        '}',
        ',',
        ':',
        '\\"',
        '\\\\',
        '\\/',
        '\\n',
        '\\u0000',
      ),
      fc.constantFrom('\\ud83d\\ude00', '\\ud83d', '\\uDE00', '😀', 'é', '€', '\u2028', '\u2029', '\u007f', '\ufeff'),
      fc.stringMatching(/^\\u[0-9a-fA-F]{4}$/),
      fc.string({ unit: 'binary', maxLength: 6 }).map((any) => JSON.stringify(any).slice(1, -1)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `"${parts.join('')}"`);
const string = rawString.map(same);
const key = fc.oneof(rawString, fc.constantFrom('"__proto__"', '"constructor"', '""', '"1"', '"0"', '"a"', '"a"'));
const literal = fc.constantFrom('true', 'false', 'null').map(same);

const { value } = fc.letrec<{ value: Json; spaced: Json; array: Json; object: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, literal, number, string, tie('array'), tie('object')),
  spaced: fc
    .tuple(whiteSpace, tie('value'), whiteSpace)
    .map(([before, { text, digits }, after]) => ({ text: before + text + after, digits: before + digits + after })),
  array: fc.oneof(
    whiteSpace.map((inside) => same(`[${inside}]`)),
    fc.array(tie('spaced'), { minLength: 1, maxLength: 5 }).map((items) => joined('[', items, ']')),
  ),
  object: fc.oneof(
    whiteSpace.map((inside) => same(`{${inside}}`)),
    fc.array(fc.tuple(whiteSpace, key, whiteSpace, tie('spaced')), { minLength: 1, maxLength: 5 }).map((entries) => {
      const members = entries.map(([before, name, after, item]) => {
        const start = `${before}${name}${after}:`;
        return { text: start + item.text, digits: start + item.digits };
      });
      return joined('{', members, '}');
    }),
  ),
}));
const array = fc
  .tuple(whiteSpace, fc.array(fc.tuple(whiteSpace, value, whiteSpace), { maxLength: 8 }), whiteSpace)
  .map(([before, items, after]) => {
    const spaced = items.map(([left, item, right]) => ({
      text: left + item.text + right,
      digits: left + item.digits + right,
    }));
    return joined(`${before}[`, spaced, `]${after}`);
  });
const anyJson = fc.oneof({ weight: 5, arbitrary: array }, value);

/** Sizes of pieces, empty ones included, and a length of run: cuts fall everywhere. */
const sizes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 6 })
  .filter((all) => all.some((size) => size > 0));
const limits = fc.constantFrom(0, 1, 2, 3, 7, 16, 50, 65_536).map((runLength) => ({ runLength }));

const character = fc.oneof(
  fc.constantFrom(...'[]{},:"\\ \n0-1e.+tfn/u', '\ufeff', '\u00a0', '\u000b', '\u0000', 'é', '😀'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
/** A text with a few characters deleted, inserted or replaced. */
const mutated = fc
  .tuple(
    anyJson,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('delete', 'insert', 'replace'), character), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([{ text }, edits]) => {
    const characters = [...text];
    for (const [place, edit, by] of edits) {
      const at = place % (characters.length + 1);
      characters.splice(at, edit === 'insert' ? 0 : 1, ...(edit === 'delete' ? [] : [by]));
    }
    return characters.join('');
  });

describe('however the bytes are cut', () => {
  test('the elements are those of JSON.parse, or it throws where JSON.parse throws or gives no array', () => {
    fc.assert(
      fc.property(anyJson, sizes, limits, ({ text }, cut, limit) => agrees(outcome(utf8(text), cut, limit), text)),
      { numRuns: 3000 },
    );
  });

  test('a text with wrong characters is accepted only where JSON.parse accepts it', () => {
    fc.assert(
      fc.property(mutated, sizes, limits, (text, cut, limit) => agrees(outcome(utf8(text), cut, limit), text)),
      { numRuns: 8000 },
    );
  });

  test('a text that ends too early, also within a character, is truncated and not broken', () => {
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
      { numRuns: 150 },
    );
  });

  test('a byte order mark is accepted in front and nowhere else', () => {
    fc.assert(
      fc.property(array, fc.nat({ max: 9 }), sizes, limits, ({ text }, place, cut, limit) => {
        const inFront = `\ufeff${text}`;
        const marked = [...inFront].toSpliced(place, 0, '\ufeff').join('');
        return agrees(outcome(utf8(inFront), cut, limit), text) && agrees(outcome(utf8(marked), cut, limit), marked);
      }),
      { numRuns: 1000 },
    );
  });

  test('bytes that are not UTF-8 are refused', () => {
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
      { numRuns: 2000 },
    );
  });

  test('numbers keep their digits where they are asked for exactly', () => {
    fc.assert(
      fc.property(array, sizes, limits, ({ text, digits }, cut, limit) => {
        const expected: unknown = JSON.parse(digits);
        return isDeepStrictEqual(exactAll(utf8(text), cut, limit).map(withDigits), expected);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Each number as the string that JSON.stringify writes for it. */
function withDigits(value: unknown): unknown {
  if (typeof value === 'number') return `number ${JSON.stringify(value)}`;
  if (Array.isArray(value)) return value.map(withDigits);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) === null) return `number ${JSON.stringify(value)}`; // only a raw JSON text has none
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withDigits(item)]));
}

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

describe('memory', () => {
  const user = { _id: '608e9f23980ab6000ed6f696', names: 'x'.repeat(300), groups: [{ a: 1 }, { b: 2 }] };
  const size = JSON.stringify(user).length + 1;

  test('users are handed on as they arrive: no more is held than a run, an element and a piece', () => {
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
  ])('%s that never ends is refused at the cap', (_, start, more) => {
    const maxElementLength = 10_000;
    for (const runLength of [16, 4096, 65_536]) {
      expect(endless(start, more, { runLength, maxElementLength })).toBeLessThanOrEqual(maxElementLength + more.length);
    }
  });

  const around = (length: number): string => JSON.stringify([{ a: 'x'.repeat(length - '{"a":""}'.length) }, { b: 1 }]);

  test('an element is refused beyond the cap and accepted up to it, whatever the cut and the run', () => {
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

  test('a cap below one user lets no list through, but many users below it', () => {
    const text = JSON.stringify(Array.from({ length: 200 }, () => user));
    expect(outcome(utf8(text), [64], { maxElementLength: size - 100 })).toBe('broken');
    expect(agrees(outcome(utf8(text), [64], { maxElementLength: size + 100 }), text)).toBe(true);
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
