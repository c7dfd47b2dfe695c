import type { Deadline } from '../deadline.ts';
import { BrokenResponseError, TruncatedResponseError } from '../errors.ts';
import { retry } from '../retry.ts';
import type { DeniedResponse, Source, SourceResponse } from '../source.ts';

/** If the connection breaks, a list is requested up to three times. If the list was cut off, it is requested once more. */
const BROKEN_TRIES = 3;
const TRUNCATED_TRIES = 2;

/** Opens and reads a response. Starts over if it was cut off. Errors of `open` aren't retried here, since `open` retries them itself. */
export function requesting<R extends SourceResponse<unknown> | DeniedResponse, T>(
  open: () => Promise<R>,
  take: (response: R) => Promise<T>,
  source: Source,
  deadline: Deadline,
): Promise<T> {
  return retry(
    async () => {
      const response = await open();
      try {
        return await take(response);
      } catch (error) {
        if ('cancel' in response) await response.cancel();
        throw error;
      }
    },
    async (error, attempt) => {
      if (attempt >= triesFor(error) || deadline.remaining() <= 0) throw error;
      await source.pause(attempt, deadline);
    },
  );
}

function triesFor(error: unknown): number {
  if (error instanceof TruncatedResponseError) return TRUNCATED_TRIES;
  return error instanceof BrokenResponseError ? BROKEN_TRIES : 1;
}
