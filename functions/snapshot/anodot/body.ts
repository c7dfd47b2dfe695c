import type { Deadline } from '../deadline.ts';
import { BrokenResponseError, SourceContractError, TruncatedResponseError } from '../errors.ts';
import { causeCode, networkFailure } from './network-failure.ts';

/** The error codes of zlib, Brotli and Zstandard for invalid data. */
const DAMAGED = /^(Z_|ERR__ERROR_|ZSTD_)/;

/**
 * The bytes of a response, decompressed.
 * @param request method and URL, for messages
 * @param maxBytes the most bytes to read
 * @throws SourceContractError if there are more than `maxBytes`, TruncatedResponseError if compressed data is damaged,
 *   BrokenResponseError if the connection breaks, SourceUnavailableError at the deadline
 */
export async function* readBody(
  response: Response,
  request: string,
  maxBytes: number,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  let received = 0;
  try {
    for await (const chunk of response.body) {
      received += chunk.byteLength;
      if (received > maxBytes) throw new SourceContractError(`${request} returned more than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof SourceContractError) throw error;
    if (DAMAGED.test(causeCode(error) ?? ''))
      throw new TruncatedResponseError(`${request}: the compressed response is damaged`);
    throw new BrokenResponseError(networkFailure(request, error, deadline));
  }
}
