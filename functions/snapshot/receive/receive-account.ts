import type { Baselines } from '../changes/baseline.ts';
import type { ChangeCounts } from '../changes/change.ts';
import type { StagedAccount } from '../commits/stage-commit.ts';
import { BrokenResponseError, TruncatedResponseError } from '../errors.ts';
import { retry } from '../retry.ts';
import type { Run } from '../run.ts';
import type { Source, SourceResponse } from '../source.ts';
import { discardStaged } from '../store/staged-objects.ts';
import type { Store } from '../store/store.ts';
import type { StagingArea } from './outputs.ts';
import { stageGroups } from './stage-groups.ts';
import { type FailedAttempt, type StagedUsers, stageUsers } from './stage-users.ts';

/** A connection that broke may work again; a list that isn't closed is requested once more. */
const BROKEN_TRIES = 3;
const TRUNCATED_TRIES = 2;

/** The account, staged; or why it couldn't be received, and the key of the last raw response that was kept. */
export type Receipt =
  | {
      readonly account: StagedAccount;
      /** What the changes add to those of the day's earlier run; null with nothing to compare. */
      readonly newChanges: ChangeCounts | null;
      readonly rawKey: string | null;
    }
  | (FailedAttempt & { readonly account?: undefined });

/**
 * Downloads and stages all users, then all groups, retrying each. Every attempt stages under its own id, so a partial response never
 * mixes with a complete one.
 * @returns the error of the source, the gate or the store if the last attempt failed; only `raw` is then left
 */
export async function receiveAccount(run: Run, source: Source, store: Store, baselines: Baselines): Promise<Receipt> {
  let rawKey: string | null = null;
  try {
    const { area, ...users } = await requesting(
      () => source.openUsers(run.deadline),
      async (response) => {
        const area = newArea(run, store);
        const staged = await stageUsers(response, area, baselines, run);
        rawKey = staged.rawKey ?? rawKey;
        if (isFailed(staged)) throw staged.error;
        return { ...staged, area };
      },
      source,
      run,
    );
    return { account: await withGroups(users, area, source, run), newChanges: users.newChanges, rawKey };
  } catch (error) {
    return { error, rawKey };
  }
}

const isFailed = (staged: StagedUsers | FailedAttempt): staged is FailedAttempt => !('facts' in staged);

const newArea = ({ dt, runId, settings, newExecution }: Run, store: Store): StagingArea => ({
  store,
  dt,
  runId,
  execution: newExecution(),
  formats: settings.formats,
  keepRaw: settings.keepRaw,
});

async function withGroups(users: StagedUsers, area: StagingArea, source: Source, run: Run): Promise<StagedAccount> {
  try {
    const groups = await requesting(
      () => source.openGroups(run.deadline),
      (response) => stageGroups(response, area),
      source,
      run,
    );
    return {
      execution: area.execution,
      objects: [...users.objects, ...(groups ? [groups] : [])],
      facts: { ...users.facts, groups: groups ? 'published' : 'denied' },
    };
  } catch (error) {
    await discardStaged(area.store, users.objects).catch(() => undefined); // what stays is removed after seven days
    throw error;
  }
}

/** Opens a response and takes it, again if it broke off. Errors of `open` aren't retried: it has tried often enough itself. */
function requesting<R extends SourceResponse<unknown> | undefined, T>(
  open: () => Promise<R>,
  take: (response: R) => Promise<T>,
  source: Source,
  { deadline }: Run,
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

function triesFor(error: unknown): number {
  if (error instanceof TruncatedResponseError) return TRUNCATED_TRIES;
  return error instanceof BrokenResponseError ? BROKEN_TRIES : 1;
}
