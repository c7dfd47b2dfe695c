import type { Deadline } from '../deadline.ts';
import { BrokenResponseError, SourceContractError, TruncatedResponseError } from '../errors.ts';
import type { Received } from './http.ts';
import { causeCode, reportedFailure } from './network-failure.ts';

/** The error codes of zlib, Brotli and Zstandard for invalid data. */
const DAMAGED = /^(Z_|ERR__ERROR_|ZSTD_)/;

/**
 * The bytes of a response, decompressed.
 * @param maxBytes the most bytes to read
 * @throws SourceContractError if there are more than `maxBytes`, TruncatedResponseError if compressed data is damaged,
 *   BrokenResponseError if the connection breaks, SourceUnavailableError at the deadline
 */
export async function* readBody(
  { request, response, onRequest }: Received,
  maxBytes: number,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  const started = performance.now();
  let received = 0;
  try {
    for await (const chunk of await response.body()) {
      received += chunk.byteLength;
      if (received > maxBytes) throw new SourceContractError(`${request} returned more than ${maxBytes} bytes`);
      yield chunk;
    }
    onRequest?.({ event: 'body', request, bytes: received, milliseconds: performance.now() - started });
  } catch (error) {
    const report = (message: string) =>
      onRequest?.({ event: 'failure', message, milliseconds: performance.now() - started });
    if (!(error instanceof SourceContractError) && !DAMAGED.test(causeCode(error) ?? ''))
      throw new BrokenResponseError(reportedFailure(request, error, deadline, report));
    const failure =
      error instanceof SourceContractError
        ? error
        : new TruncatedResponseError(`${request}: the compressed response is damaged`);
    report(failure.message);
    throw failure;
  }
}
