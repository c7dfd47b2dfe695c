/**
 * Calls `work` until it succeeds.
 * @param afterFailure to retry, it pauses and returns. To stop, it throws. Attempts count from 1
 * @throws what `afterFailure` throws
 */
export async function retry<T>(
  work: () => Promise<T>,
  afterFailure: (error: unknown, attempt: number) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      await afterFailure(error, attempt);
    }
  }
}
