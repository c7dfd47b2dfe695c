/**
 * Does work during which no timer fires. How long a call takes is the search's choice: a run may wait in a call for as long as the
 * search takes, and its limits must not depend on that.
 */
export async function withStoppedTimers<T>(work: () => Promise<T>): Promise<T> {
  const real = globalThis.setTimeout;
  const replaceBy = (value: unknown) =>
    Object.defineProperty(globalThis, 'setTimeout', { value, configurable: true, writable: true });
  replaceBy(() => undefined);
  try {
    return await work();
  } finally {
    replaceBy(real);
  }
}
