import { SourceContractError, TruncatedResponseError } from '../errors.ts';

/** Turns bytes that are cut anywhere into text, or throws if they aren't UTF-8. */
export class Utf8Decoder {
  // Node's decoder drops two byte order marks if the first one is cut, so it keeps them: the caller drops one.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new SourceContractError('the answer is not valid UTF-8', { cause: error });
    }
  }

  /** @throws TruncatedResponseError if the bytes end in the middle of a character */
  end(): void {
    try {
      this.#decoder.decode();
    } catch (error) {
      throw new TruncatedResponseError('the answer ends in the middle of a character', { cause: error });
    }
  }
}
