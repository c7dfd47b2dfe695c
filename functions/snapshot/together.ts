/**
 * The results of calls that were begun together, once all of them have ended. So no call is in flight when a run goes on, discards what
 * it staged, or ends.
 * @throws the first failure, in the order of the calls
 */
export async function together<Calls extends readonly unknown[] | []>(
  calls: Calls,
): Promise<{ -readonly [Index in keyof Calls]: Awaited<Calls[Index]> }> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}
