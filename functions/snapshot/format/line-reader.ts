/** Cuts UTF-8 text that arrives in chunks into lines, wherever a chunk ends. */
export class LineReader {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  /** The start of a line whose end hasn't arrived. */
  #rest = '';

  /** @param isStrict whether bytes that aren't UTF-8 are a TypeError. Otherwise they become U+FFFD */
  constructor({ isStrict }: { readonly isStrict: boolean }) {
    this.#decoder = new TextDecoder('utf-8', { fatal: isStrict });
  }

  /** The lines that end in this chunk, without their LF. */
  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  /** The text after the last LF. Call it once, after the last chunk. */
  end(): string {
    return this.#rest + this.#decoder.decode();
  }
}
