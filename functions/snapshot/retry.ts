/** When a failed attempt is followed by another one. */
export interface RetryPolicy {
  /** Attempts that this failure allows in total, the first included. */
  tries(error: unknown): number;
  /** Waits before the next attempt. @param attempt the one that failed, the first being 1 */
  pause(attempt: number, error: unknown): Promise<void>;
}

/**
 * Calls `work` until it succeeds, or fails in a way that allows no further attempt.
 * @throws what the last attempt or the pause threw
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= policy.tries(error)) throw error;
      await policy.pause(attempt, error);
    }
  }
}
