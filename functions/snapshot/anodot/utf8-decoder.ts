import { SourceContractError, TruncatedResponseError } from '../errors.ts';

/** Decodes bytes that are split anywhere, or throws if they aren't UTF-8. */
export class Utf8Decoder {
  // By default, Node's decoder drops two byte order marks if the first one is split. This one keeps both, and the caller drops one.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new SourceContractError('the response is not valid UTF-8', { cause: error });
    }
  }

  /** @throws TruncatedResponseError if the bytes ended in the middle of a character */
  end(): void {
    try {
      this.#decoder.decode();
    } catch (error) {
      throw new TruncatedResponseError('the response ends in the middle of a character', { cause: error });
    }
  }
}
