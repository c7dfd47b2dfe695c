/**
 * Calls `work` until it succeeds.
 * @param afterFailure waits if another attempt is to follow, throws to give up; the first attempt is 1
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
