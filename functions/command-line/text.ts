/** Text for people: counts, sizes, text cut to a width, and text that cannot steer a terminal. */
import stringWidth from 'string-width';

const THOUSANDS = /\B(?=(?:\d{3})+$)/g;
/** A whole number as `toLocaleString('en')` writes it, which first loads the data of languages and takes a large part of a start. */
export const grouped = (count: number): string => String(count).replace(THOUSANDS, ',');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** The number of terminal columns that a text takes. ASCII has a fast path, for long tables. */
export const widthOf = (text: string): number => (PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text));

/** Made when a text is first cut: loading its data takes a large part of a start. */
let segmenter: Intl.Segmenter | undefined;
const charactersOf = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
};

/** The text, or its beginning and an ellipsis if it is wider than `width`. Never splits a character. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  let [shown, used] = ['', 0];
  for (const { segment } of charactersOf(text)) {
    used += stringWidth(segment);
    if (used >= width) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** What a terminal obeys or orders text by: control characters, line and paragraph separators, bidirectional controls. */
const STEERING = /\r\n|[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;
const INVISIBLE = /\p{Bidi_Control}/u;
const LINE_END = /^\r?\n$/;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The same JSON value, without any character that steers a terminal. Line ends stay: JSON has them only between values. */
export const printable = (json: string): string =>
  json.replace(STEERING, (found) => (LINE_END.test(found) ? found : escaped(found)));

/** Lines of text without any character that steers a terminal: each becomes a space, or nothing if it is invisible. */
export const legible = (text: string): string =>
  text.replace(STEERING, (found) => (LINE_END.test(found) ? found : INVISIBLE.test(found) ? '' : ' '));

const RIGHT_TO_LEFT = '[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}]';
/** The part of a cell from its first right-to-left letter to the gap after it. */
const RIGHT_TO_LEFT_CELL = new RegExp(`${RIGHT_TO_LEFT}(?:(?! {2})[^\\n])*(?= {2})`, 'gu');
/** An invisible character of left-to-right text. */
const LEFT_TO_RIGHT_MARK = '\u200e';

/**
 * The text with a mark after each cell of right-to-left text. A terminal that orders such text would otherwise take two adjacent cells
 * for one text and swap them.
 */
export const inOrder = (text: string): string => text.replace(RIGHT_TO_LEFT_CELL, `$&${LEFT_TO_RIGHT_MARK}`);

/** Prints values as one JSON array, an element a line, without holding more than one of them. */
export class JsonList {
  #empty = true;

  element(json: string): string {
    const before = this.#empty ? '[\n' : ',\n';
    this.#empty = false;
    return before + json;
  }

  end(): string {
    return this.#empty ? '[]\n' : '\n]\n';
  }
}
