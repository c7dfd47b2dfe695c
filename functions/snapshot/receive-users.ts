import { SourceUnavailableError, TruncatedAnswerError } from './errors.ts';
import type { Answer } from './source/anodot-source.ts';
import type { Deadline } from './source/http.ts';
import { type StagedUsers, type StagingArea, stageUsers, type Watch } from './stage-users.ts';

const UNAVAILABLE_TRIES = 3;
const TRUNCATED_TRIES = 2;

/** Where the users come from. */
export interface Source {
  /** @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  open(deadline: Deadline): Promise<Answer>;
  /** Waits before the answer is asked for again. */
  pause(attempt: number, deadline: Deadline): Promise<void>;
}

/** A complete answer, staged, and the execution under whose name it is. */
export interface ReceivedUsers extends StagedUsers {
  readonly execution: string;
  readonly observedAt: Date;
}

/**
 * Asks until an answer is complete and staged. Each try has an execution of its own: an answer that broke off stays apart.
 * @throws what the source, the contract, the gate or the store says of the last try; nothing but `raw` is then left
 */
export async function receiveUsers(
  source: Source,
  deadline: Deadline,
  newArea: () => StagingArea,
  watch: Watch,
): Promise<ReceivedUsers> {
  for (let attempt = 1; ; attempt++) {
    const area = newArea();
    const answer = await source.open(deadline);
    try {
      return { ...(await stageUsers(answer, area, watch)), execution: area.execution, observedAt: answer.observedAt };
    } catch (error) {
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
