import type { Baseline } from '../changes/baseline.ts';
import { drop } from '../commits/commit-log.ts';
import type { Deadline } from '../deadline.ts';
import { BrokenResponseError, TruncatedResponseError } from '../errors.ts';
import { retry } from '../retry.ts';
import type { Source, SourceResponse } from '../source.ts';
import type { StagingArea } from './outputs.ts';
import { stageGroups } from './stage-groups.ts';
import { type StagedUsers, stageUsers, type Watch } from './stage-users.ts';

const BROKEN_TRIES = 3;
const TRUNCATED_TRIES = 2;

/** A complete answer, staged, and the execution under whose name it is. */
export interface ReceivedUsers extends StagedUsers {
  readonly execution: string;
  readonly observedAt: Date;
  readonly groups: 'published' | 'denied';
}

/**
 * Asks until the users are complete and staged, then the groups. Each try has an execution of its own: an answer that broke off
 * stays apart.
 * @param earlier the snapshot to compare with
 * @throws what the source, the contract, the gate or the store says of the last try; nothing but `raw` is then left
 */
export async function receiveUsers(
  source: Source,
  deadline: Deadline,
  newArea: () => StagingArea,
  earlier: Baseline | undefined,
  watch: Watch,
): Promise<ReceivedUsers> {
  const { area, ...users } = await ask(
    () => source.openUsers(deadline),
    async (response) => {
      const area = newArea();
      return { ...(await stageUsers(response, area, earlier, watch)), area, observedAt: response.observedAt };
    },
    source,
    deadline,
  );
  try {
    const groups = await ask(
      () => source.openGroups(deadline),
      (response) => stageGroups(response, area),
      source,
      deadline,
    );
    return {
      ...users,
      execution: area.execution,
      objects: [...users.objects, ...(groups ? [groups] : [])],
      groups: groups ? 'published' : 'denied',
    };
  } catch (error) {
    await drop(area.store, users.objects).catch(() => undefined); // what stays is removed after seven days
    throw error;
  }
}

/** Opens a response and takes it, again if it broke off. Errors of `open` aren't retried: it has tried often enough itself. */
function ask<R extends SourceResponse<unknown> | undefined, T>(
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
        await response?.cancel();
        throw error;
      }
    },
    async (error, attempt) => {
      if (attempt >= triesFor(error) || deadline.remaining() <= 0) throw error;
      await source.pause(attempt, deadline);
    },
  );
}

/** A connection that broke may work again; a list that isn't closed is requested once more. */
function triesFor(error: unknown): number {
  if (error instanceof TruncatedResponseError) return TRUNCATED_TRIES;
  return error instanceof BrokenResponseError ? BROKEN_TRIES : 1;
}
