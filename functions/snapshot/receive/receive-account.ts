import type { Answer } from '../anodot/anodot-source.ts';
import type { Baseline } from '../changes/baseline.ts';
import { drop } from '../commits/commit-log.ts';
import type { Deadline } from '../deadline.ts';
import { SourceUnavailableError, TruncatedAnswerError } from '../errors.ts';
import type { StagingArea } from './outputs.ts';
import { stageGroups } from './stage-groups.ts';
import { type StagedUsers, stageUsers, type Watch } from './stage-users.ts';

const UNAVAILABLE_TRIES = 3;
const TRUNCATED_TRIES = 2;

/** Where the users come from. All throw CredentialsError, SettingsError, SourceUnavailableError, SourceContractError. */
export interface Source {
  open(deadline: Deadline): Promise<Answer>;
  /** Undefined where the token may not read groups. */
  openGroups(deadline: Deadline): Promise<Answer | undefined>;
  /** Waits before the answer is asked for again. */
  pause(attempt: number, deadline: Deadline): Promise<void>;
}

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
    () => source.open(deadline),
    async (answer) => {
      const area = newArea();
      return { ...(await stageUsers(answer, area, earlier, watch)), area, observedAt: answer.observedAt };
    },
    source,
    deadline,
  );
  try {
    const groups = await ask(
      () => source.openGroups(deadline),
      (answer) => stageGroups(answer, area),
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

/** Opens an answer and takes it, again where it broke off. What `open` throws has been tried often enough. */
async function ask<A extends Answer | undefined, T>(
  open: () => Promise<A>,
  take: (answer: A) => Promise<T>,
  source: Source,
  deadline: Deadline,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await open();
    try {
      return await take(answer);
    } catch (error) {
      await answer?.cancel();
      if (attempt >= triesFor(error) || deadline.remaining() <= 0) throw error;
    }
    await source.pause(attempt, deadline);
  }
}

/** A broken connection may heal; a list that isn't closed is asked for once more. */
function triesFor(error: unknown): number {
  if (error instanceof TruncatedAnswerError) return TRUNCATED_TRIES;
  return error instanceof SourceUnavailableError ? UNAVAILABLE_TRIES : 1;
}
