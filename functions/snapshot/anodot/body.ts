import type { Deadline } from '../deadline.ts';
import { SourceContractError, TruncatedAnswerError } from '../errors.ts';
import { causeCode, networkFailure } from './http.ts';

/** What zlib, Brotli and Zstandard say of bytes that aren't theirs. */
const DAMAGED = /^(Z_|ERR__ERROR_|ZSTD_)/;

/**
 * The bytes of a response, decompressed.
 * @param asked what was asked, for messages: `GET https://…`
 * @param maxBytes beyond it the response is given up
 * @throws SourceContractError beyond the cap, TruncatedAnswerError where what was compressed is damaged, SourceUnavailableError
 */
export async function* readBody(
  response: Response,
  asked: string,
  maxBytes: number,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  let received = 0;
  try {
    for await (const chunk of response.body) {
      received += chunk.byteLength;
      if (received > maxBytes) throw new SourceContractError(`${asked} answered with more than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof SourceContractError) throw error;
    if (DAMAGED.test(causeCode(error) ?? ''))
      throw new TruncatedAnswerError(`${asked}: the compressed answer is damaged`);
    throw networkFailure(asked, error, deadline);
  }
}
