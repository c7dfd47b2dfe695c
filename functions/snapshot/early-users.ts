/** Requests the users while a run still reads from its store, so that neither waits for the other. */

import type { Deadline } from './deadline.ts';
import type { Source, SourceResponse } from './source.ts';
import type { ReadUser } from './user.ts';

/**
 * Requests the users at once, and calls `work` with a source whose first `openUsers` returns that response, or throws its failure. If
 * `work` ends without it, the response is awaited and closed.
 */
export async function withEarlyUsers<T>(
  source: Source,
  deadline: Deadline,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  let early: Promise<SourceResponse<ReadUser>> | undefined = source.openUsers(deadline);
  early.catch(() => undefined); // thrown where it is taken
  const take = () => {
    const taken = early;
    early = undefined;
    return taken;
  };
  try {
    return await work({
      openUsers: (within) => take() ?? source.openUsers(within),
      openGroups: (within) => source.openGroups(within),
      time: (within) => source.time(within),
      pause: (attempt, within) => source.pause(attempt, within),
    });
  } finally {
    const untaken = await take()?.catch(() => undefined);
    await untaken?.cancel();
  }
}
