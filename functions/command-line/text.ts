/** Words for people: counts, sizes, and JSON that leaves a terminal alone. */

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Control characters that JSON leaves unescaped; one of them, U+009B, starts a terminal command. */
const CONTROL = /\p{Cc}/gu;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON of the same value, without any character that a terminal would obey. */
export const printable = (json: string): string => json.replace(CONTROL, escaped);

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
