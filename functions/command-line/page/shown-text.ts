/** What a page shows of a value of the account: every character is visible, and a long value is cut. */

/** How many characters of a value a page shows. */
export const SHOWN_CHARACTERS = 200;

/** A part of a shown value: the text itself, or the name of a character that would be invisible. */
export interface ShownPart {
  readonly text: string;
  readonly isName: boolean;
}

export interface ShownText {
  readonly parts: readonly ShownPart[];
  /** How many characters the whole value has, if it is cut. */
  readonly cutFrom?: number;
}

/** Scripts that need joiners and non-joiners between their letters. */
const JOINING = [
  'Arabic Syriac Mongolian Nko Mandaic Adlam Hanifi_Rohingya Phags_Pa Manichaean Psalter_Pahlavi Sogdian',
  'Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar Balinese Javanese',
]
  .join(' ')
  .replace(/\S+/g, '\\p{Script=$&}')
  .replaceAll(' ', '');

/** Invisible characters in their usual place: in emoji, between letters of scripts that join, after a letter with variants. */
const USUAL = [
  '\\p{RGI_Emoji}',
  '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{Emoji_Modifier}?(?:\\u200d\\p{Extended_Pictographic}\\ufe0f?\\p{Emoji_Modifier}?)*',
  `(?<=[${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`,
  '(?<=\\u0d4d)\\u200d',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  '(?<=\\p{Script=Mongolian})[\\u180b-\\u180d\\u180f]',
  '(?<=\\p{L})\\u3000(?=\\p{L})',
];

/** What a reader can't see, takes for a plain space, or sees on top of other text. */
const UNSEEN = [
  '[\\p{Cc}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Bidi_Control}\\p{Noncharacter_Code_Point}]',
  '[\\u2800\\ufff9-\\ufffb]',
  '[\\p{Zs}--[ ]]',
  // A space that HTML would drop.
  '^ | $|(?<= ) ',
  // A combining mark without a letter, or the fifth on one letter.
  '(?<![\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}])\\p{M}|(?<=\\p{M}{4})\\p{M}',
  // What a name begins with, so that no value can look like one.
  '\\u27e8(?=U\\+)',
];

/** Each word ends at one place only, so that a text that isn't plain is refused in linear time. */
const PLAIN = /^(?:[\x21-\x7e]+(?: (?=[\x21-\x7e])|$))*$/;
const SPECIAL = new RegExp(`(?<usual>${USUAL.join('|')})|${UNSEEN.join('|')}`, 'gv');
const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

const nameOf = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

export function shownText(text: string): ShownText {
  if (text.length <= SHOWN_CHARACTERS && PLAIN.test(text)) return { parts: [{ text, isName: false }] };
  const start = startOf(text);
  return start.length === text.length ? { parts: partsOf(text) } : { parts: partsOf(start), cutFrom: [...text].length };
}

/** The first characters of a text. A character may consist of many code points. */
function startOf(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const start = text.slice(0, 4 * SHOWN_CHARACTERS);
  const characters = Array.from(CHARACTERS.segment(start), ({ segment }) => segment);
  if (start.length === text.length && characters.length <= SHOWN_CHARACTERS) return text;
  // The last one may be incomplete.
  const whole = characters.slice(0, Math.min(SHOWN_CHARACTERS, characters.length - 1)).join('');
  return whole === '' ? [...start].slice(0, SHOWN_CHARACTERS / 10).join('') : whole;
}

function partsOf(text: string): ShownPart[] {
  const parts: ShownPart[] = [];
  let from = 0;
  for (const { 0: found, index, groups } of text.matchAll(SPECIAL)) {
    if (groups?.['usual'] !== undefined) continue;
    if (index > from) parts.push({ text: text.slice(from, index), isName: false });
    parts.push({ text: nameOf(found), isName: true });
    from = index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isName: false });
  return parts;
}
