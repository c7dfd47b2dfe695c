import { setTimeout } from 'node:timers/promises';
import type { Deadline } from '../deadline.ts';
import { SourceUnavailableError } from '../errors.ts';
import { networkFailure } from './network-failure.ts';

/** How long to wait between attempts, and waiting itself, which the deadline ends. */

export interface Backoff {
  /** Milliseconds to wait after the first attempt; they double with each further one, with jitter. */
  readonly firstPause: number;
}

/** Milliseconds to wait after an attempt, the first being 1. */
export const backoff = (attempt: number, { firstPause }: Backoff): number =>
  firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

/** @param request method and URL of what is waited for. @throws SourceUnavailableError if the deadline ends it */
export async function pauseWithin(milliseconds: number, request: string, deadline: Deadline): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal: deadline.signal });
  } catch (error) {
    throw new SourceUnavailableError(networkFailure(request, error, deadline));
  }
}
