import fc from 'fast-check';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import { describe, expect, test } from 'vitest';
import { accountText, nodesOf } from '../../../../../functions/command-line/page/content.ts';
import { SHOWN_CHARACTERS } from '../../../../../functions/command-line/page/shown-text.ts';
import { elementsOf, parsed, textOf } from './parsed-page.ts';

const htmlOf = (text: string | null): string => toHtml(accountText(text));
const shown = (text: string): string => textOf(parsed(htmlOf(text)));
const nameless = (text: string): string =>
  text.replace(/⟨U\+([0-9A-F]{4,6})⟩/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));

/** Any UTF-16 text, with a liking for what HTML, Unicode and people treat specially. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        ...[
          '<',
          '>',
          '&',
          '"',
          "'",
          '</bdi>',
          '<!--',
          '&lt;',
          '&#x202e;',
          '⟨U+202E⟩',
          ' ',
          '\t',
          '\r\n',
          '\0',
          '\ud800',
        ],
        ...[
          '\u0301',
          '\u200b',
          '\u200c',
          '\u200d',
          '\u202e',
          '\u2066',
          '\ufe0f',
          '\ufeff',
          'ا',
          'न',
          '葛',
          '👩',
          '1\u20e3',
        ],
      ),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''));

describe('a value of the account', () => {
  test('is read by a browser as exactly the shown text, from which the value follows, and as no other element', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tree = parsed(htmlOf(text));
        expect(nameless(textOf(tree))).toBe(text);
        const allowed = new Set(['html', 'head', 'body', 'bdi', 'mark', 'wbr']);
        expect(elementsOf(tree).filter((name) => !allowed.has(name))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('shows no character that is invisible, except in its usual place', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\u2060\ufeff\u00ad\u3164\u2800]/u);
        expect(shown(text)).not.toMatch(/^ | $| {2}|\p{M}{5}/u);
      }),
    );
  });

  test.each([
    ['an override of the direction', 'Ada\u202egnp.exe', 'Ada⟨U+202E⟩gnp.exe'],
    ['a character without width', 'ad\u200bmin', 'ad⟨U+200B⟩min'],
    ['a joiner between Latin letters', 'ad\u200dmin', 'ad⟨U+200D⟩min'],
    ['a space that is not plain', 'Ada\u00a0Lovelace', 'Ada⟨U+00A0⟩Lovelace'],
    ['spaces that HTML would drop', ' Ada  Lovelace ', '⟨U+0020⟩Ada ⟨U+0020⟩Lovelace⟨U+0020⟩'],
    ['a line end', 'Ada\r\nLovelace', 'Ada⟨U+000D⟩⟨U+000A⟩Lovelace'],
    ['half of a character', 'Ada\ud83d', 'Ada⟨U+D83D⟩'],
    ['a combining mark without a letter', '\u0301a', '⟨U+0301⟩a'],
    ['the fifth combining mark on a letter', `a${'\u0335'.repeat(5)}`, `a${'\u0335'.repeat(4)}⟨U+0335⟩`],
    ['a tag that belongs to no flag', 'a\u{e0067}', 'a⟨U+E0067⟩'],
    ['what looks like such a name', '⟨U+202E⟩', '⟨U+27E8⟩U+202E⟩'],
  ])('shows %s by its name', (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test.each([
    ['a Persian name', 'می\u200cخواهم'],
    ['a Hindi name', 'क\u094d\u200dष'],
    ['a family', '👩\u200d👩\u200d👧\u200d👦'],
    ['a heart on fire without a variation selector', '❤\u200d🔥'],
    ['the flag of England', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['a key', '1\ufe0f\u20e3'],
    ['a variant of a Japanese letter', '葛\u{e0100}城'],
    ['a wide space between Japanese names', '山田\u3000太郎'],
    ['a Vietnamese name of combining marks', 'Nguyê\u0303n'.normalize('NFD')],
    ['a Hebrew name with vowels', 'שָׁלוֹם'],
  ])('leaves %s unchanged', (_, text) => {
    expect(shown(text)).toBe(text);
    expect(htmlOf(text)).toBe(`<bdi>${text}</bdi>`);
  });

  test('is cut if it is long, and says how long it is', () => {
    expect(shown('x'.repeat(10_000))).toBe(`${'x'.repeat(SHOWN_CHARACTERS)}… (the beginning of 10,000 characters)`);
    expect(shown('x'.repeat(SHOWN_CHARACTERS))).toBe('x'.repeat(SHOWN_CHARACTERS));
    const families = '👩‍👩‍👧‍👦'.repeat(SHOWN_CHARACTERS + 1);
    expect(shown(families)).toMatch(/^(?:👩‍👩‍👧‍👦)+… \(the beginning of 1,407 characters\)$/u);
  });

  test('never takes more than a few thousand characters, even as one letter with many marks', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 300 }), (text, times) => {
        expect(htmlOf(text.repeat(times)).length).toBeLessThan(35 * 4 * SHOWN_CHARACTERS);
      }),
    );
    expect(shown(`a${'\u0301'.repeat(5_000)}`)).toMatch(
      /^a\u0301{4}(?:⟨U\+0301⟩)+… \(the beginning of 5,001 characters\)$/,
    );
  });

  test('is read once, even if one character of a long word is not ASCII', () => {
    const word = 'x'.repeat(SHOWN_CHARACTERS - 1);
    for (const text of [`${word}é`, `${word}\u200b`]) expect(nameless(shown(text))).toBe(text);
  });

  test('may be wrapped if it has no gap', () => {
    expect(htmlOf('x'.repeat(67))).toBe(`<bdi>${'x'.repeat(30)}<wbr>${'x'.repeat(37)}</bdi>`);
    expect(htmlOf('x'.repeat(68))).toBe(`<bdi>${'x'.repeat(30)}<wbr>${'x'.repeat(30)}<wbr>${'x'.repeat(8)}</bdi>`);
  });

  test('is nothing if it is null', () => {
    expect(htmlOf(null)).toBe('<bdi></bdi>');
  });
});

describe('content', () => {
  test('may be nested, and its numbers are written as counts', () => {
    const content = nodesOf(['a ', [12_345, null, [h('b', 'c')]], '', ' d']);
    expect(toHtml(h('p', content))).toBe('<p>a 12,345<b>c</b> d</p>');
  });
});
