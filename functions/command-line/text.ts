/** Words for people: counts, sizes, and JSON that leaves a terminal alone. */

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** What a terminal obeys or orders text by: control characters, line and paragraph separators, bidirectional controls. */
const STEERING = /\r\n|[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;
const INVISIBLE = /\p{Bidi_Control}/u;
const LINE_END = /^\r?\n$/;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON of the same value, without any character that a terminal would obey. Line ends stay: in JSON they are only between values. */
export const printable = (json: string): string =>
  json.replace(STEERING, (found) => (LINE_END.test(found) ? found : escaped(found)));

/** Lines of text without any character that a terminal would obey: a space in place of each, nothing in place of an invisible one. */
export const legible = (text: string): string =>
  text.replace(STEERING, (found) => (LINE_END.test(found) ? found : INVISIBLE.test(found) ? '' : ' '));

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
