import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bearerOf, parseToken } from '../../../../../functions/snapshot/anodot/token.ts';
import { CredentialsError } from '../../../../../functions/snapshot/errors.ts';

/** Occurs in every malformed secret here. Repeated, it occurs in any seven characters in a row. */
const MARK = 'zqxj';
const SECRET = MARK.repeat(8);

function problemOf(text: string): CredentialsError {
  try {
    parseToken(text, 'THE_SECRET');
  } catch (error) {
    if (error instanceof CredentialsError) return error;
    throw error;
  }
  throw new Error('accepted');
}

/** Everything that a logger might write about an error. */
const written = (error: Error): string =>
  [
    inspect(error, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    String(error.stack),
  ].join('\n');

describe('a token', () => {
  test.for([
    ['on its own', 'c0ffee00c0ffee00', { kind: 'refresh', value: 'c0ffee00c0ffee00' }],
    ['of two parts', 'abc.def', { kind: 'refresh', value: 'abc.def' }],
    ['of four parts', 'a.b.c.d', { kind: 'refresh', value: 'a.b.c.d' }],
    ['of three parts, one of them empty', 'a..c', { kind: 'refresh', value: 'a..c' }],
    ['of three parts is a bearer', 'aaa.bbb.ccc', { kind: 'bearer', value: 'aaa.bbb.ccc' }],
    ['as refreshToken', '{"refreshToken": "c0ffee"}', { kind: 'refresh', value: 'c0ffee' }],
    ['as refreshToken, of three parts', '{"refreshToken": "a.b.c"}', { kind: 'refresh', value: 'a.b.c' }],
    ['as accessToken', '{"accessToken": "c0ffee"}', { kind: 'bearer', value: 'c0ffee' }],
    ['next to other fields', '{"note": [1], "refreshToken": "c0ffee"}', { kind: 'refresh', value: 'c0ffee' }],
    ['with punctuation', 'a-b_c~d+e/f=g!', { kind: 'refresh', value: 'a-b_c~d+e/f=g!' }],
  ] as const)('%s is accepted', ([, text, token]) => {
    expect(parseToken(text, 'THE_SECRET')).toEqual(token);
  });

  test.for(['%s', '%s\n', '\r\n%s\r\n', ' \t%s ', '\ufeff%s', '\u00a0%s\u2028'])(
    'is trimmed from %j in every form',
    (frame) => {
      const framed = (text: string) => frame.replace('%s', text);
      expect(parseToken(framed('c0ffee'), 'THE_SECRET').value).toBe('c0ffee');
      expect(parseToken(framed('{"refreshToken": "c0ffee"}'), 'THE_SECRET').value).toBe('c0ffee');
      expect(parseToken(JSON.stringify({ refreshToken: framed('c0ffee') }), 'THE_SECRET').value).toBe('c0ffee');
      expect(parseToken(JSON.stringify({ accessToken: framed('a.b.c') }), 'THE_SECRET').value).toBe('a.b.c');
    },
  );

  test.for(['', ' ', '\n', '\r\n\t ', '{"refreshToken": ""}', '{"accessToken": " \\n"}', '{"refreshToken": "\\t"}'])(
    'that is %j is reported as not filled in yet',
    (text) => {
      const error = problemOf(text);
      expect(error.code).toBe(3);
      expect(error.message).toMatch(/^THE_SECRET .*not filled in yet/);
    },
  );

  test.for([
    ['split by a line feed', `${SECRET}\n${SECRET}`],
    ['split by a carriage return', `${SECRET}\r${SECRET}`],
    ['split by a space', `${SECRET} ${SECRET}`],
    ['followed by a NUL', `${SECRET}\0`],
    ['in quotes', `"${SECRET}"`],
    ['with a quote inside', `${SECRET}"${SECRET}`],
    ['with a letter that no header can contain', `${SECRET}é`],
    ['with a lone surrogate', `${SECRET}\ud800`],
    ['that is an empty object', '{}'],
    ['under another name', `{"token": "${SECRET}"}`],
    ['under a name in the wrong case', `{"refreshtoken": "${SECRET}"}`],
    ['that is a number', '{"refreshToken": 12345}'],
    ['that is null', '{"refreshToken": null}'],
    ['in an array', `["${SECRET}"]`],
    ['nested in two objects', `{"refreshToken": {"refreshToken": "${SECRET}"}}`],
    ['in an object, split by a line feed', `{"refreshToken": "${SECRET}\\n${SECRET}"}`],
    ['in a bearer, split by a line feed', `{"accessToken": "${SECRET}\\r\\nx-evil: ${SECRET}"}`],
    ['in truncated JSON', `{"refreshToken": "${SECRET}`],
    ['in JSON without quotes', `{refreshToken: ${SECRET}}`],
    ['in JSON with a trailing comma', `{"refreshToken": "${SECRET}",}`],
    ['in JSON followed by text', `{"refreshToken": "${SECRET}"} ${SECRET}`],
    ['in two JSON objects', `{"a": "${SECRET}"}{"refreshToken": "${SECRET}"}`],
    ['in JSON nested 200,000 levels deep', `${'{"a":'.repeat(200_000)}`],
    ['under __proto__', `{"__proto__": {"refreshToken": "${SECRET}"}}`],
  ] as const)('%s is malformed, and the error names the secret but not its value', ([, text]) => {
    const error = problemOf(text);
    expect(error.code).toBe(3);
    expect(error.message).toMatch(/^THE_SECRET is malformed: expected /);
    expect(written(error)).not.toContain(MARK);
  });

  test('appears in no error, whatever surrounds it', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '"', ':', ',', '[', ']', '\\', '\n', ' ', '\0', '"refreshToken"', '"accessToken"', '.'),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constant(SECRET),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 8 }), (before, after) => {
        const text = [...before, SECRET, ...after].join('');
        try {
          expect(parseToken(text, 'THE_SECRET').value).toMatch(/^[\x21-\x7e]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(CredentialsError);
          expect(written(error as Error)).not.toContain(MARK);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the bearer in a response of the exchange', () => {
  test.for([
    ['a JSON string', '"aaa.bbb.ccc"', 'aaa.bbb.ccc'],
    ['a JSON string with white space around it', ' \n"aaa.bbb.ccc"\r\n', 'aaa.bbb.ccc'],
    ['an object', '{"token": "aaa.bbb.ccc"}', 'aaa.bbb.ccc'],
    ['an object with other fields', '{"expires": 1, "token": "aaa.bbb.ccc"}', 'aaa.bbb.ccc'],
    ['a bare word', 'aaa.bbb.ccc', 'aaa.bbb.ccc'],
    ['a bare word with a line end', 'aaa.bbb.ccc\n', 'aaa.bbb.ccc'],
    ['a string without three parts', '"opaque-Token_1~2+3/4=="', 'opaque-Token_1~2+3/4=='],
  ] as const)('is taken from %s', ([, text, bearer]) => {
    expect(bearerOf(text)).toBe(bearer);
  });

  test.for([
    ['nothing', ''],
    ['white space', ' \n'],
    ['an empty string', '""'],
    ['HTML', '<!doctype html><title>Log in</title>'],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '12345'],
    ['an array', '["aaa.bbb.ccc"]'],
    ['an empty object', '{}'],
    ['the error envelope', '{"path": "/api/v2/access-token", "message": "no", "status": 500}'],
    ['an object whose token is null', '{"token": null}'],
    ['an object whose token is an object', '{"token": {"token": "aaa.bbb.ccc"}}'],
    ['an object whose token is empty', '{"token": ""}'],
    ['a sentence', 'Service temporarily unavailable'],
    ['a string with a line feed', '"aaa.bbb.ccc\\nx-evil: 1"'],
    ['a string with a NUL', '"aaa.bbb\\u0000.ccc"'],
    ['a string with a non-ASCII letter', '"aaa.bbb.cçc"'],
    ['a truncated string', '"aaa.bbb.ccc'],
    ['single quotes', "'aaa.bbb.ccc'"],
    ['a string with padding inside', '"aaa=.bbb"'],
  ] as const)('is not found in %s', ([, text]) => {
    expect(bearerOf(text)).toBeUndefined();
  });

  test('is always valid in a header, whatever the response is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.string().map((token) => JSON.stringify({ token })),
        ),
        (text) => {
          const bearer = bearerOf(text);
          if (bearer === undefined) return;
          expect(() => new Headers({ authorization: `Bearer ${bearer}` })).not.toThrow();
          expect(bearer).toMatch(/^\S+$/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
