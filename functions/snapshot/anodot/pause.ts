import { setTimeout } from 'node:timers/promises';
import type { Deadline } from '../deadline.ts';
import { SourceUnavailableError } from '../errors.ts';
import { networkFailure } from './network-failure.ts';

/** How long to pause between attempts, and the pause itself, which ends at the deadline. */

export interface Backoff {
  /** Milliseconds to pause after the first attempt. They double with each further attempt, with jitter. */
  readonly firstPause: number;
}

/** Milliseconds to pause after an attempt. Attempts count from 1. */
export const backoff = (attempt: number, { firstPause }: Backoff): number =>
  firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

/** @param request method and URL, for messages. @throws SourceUnavailableError if the deadline comes first */
export async function pauseWithin(milliseconds: number, request: string, deadline: Deadline): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal: deadline.signal });
  } catch (error) {
    throw new SourceUnavailableError(networkFailure(request, error, deadline));
  }
}
