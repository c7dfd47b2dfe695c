import type { Baselines } from '../changes/baseline.ts';
import type { ChangeCounts } from '../changes/change.ts';
import type { StagedAccount } from '../commits/stage-commit.ts';
import { KEYS } from '../contract.ts';
import type { Origin } from '../origin.ts';
import type { Run } from '../run.ts';
import type { Source } from '../source.ts';
import { discardStaged } from '../store/staged-objects.ts';
import type { Store } from '../store/store.ts';
import type { StagingArea } from './outputs.ts';
import { receiveGroups } from './receive-groups.ts';
import { requesting } from './requesting.ts';
import { type FailedAttempt, type StagedUsers, stageUsers } from './stage-users.ts';

/** The account, staged except its groups, or why it couldn't be received. With the key of the last raw response that was kept. */
export type Receipt =
  | {
      readonly account: StagedAccount;
      /** The changes that the day's earlier run hadn't found. Null if there was no comparison. */
      readonly newChanges: ChangeCounts | null;
      readonly rawKey: string | null;
    }
  | (FailedAttempt & { readonly account?: undefined });

/**
 * Downloads and stages all users, then downloads all groups, retrying each. Every attempt stages under its own id, so a partial
 * response never mixes with a complete one.
 * @returns the error of the source, the gate or the store if the last attempt failed. Only the raw response may then remain
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
        return { ...staged, facts: { ...staged.facts, ...response.origin() }, area };
      },
      source,
      run.deadline,
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
  later: [KEYS.groups(dt), KEYS.manifest(dt)],
});

/** Users with how they were received. */
interface ReceivedUsers extends Pick<StagedUsers, 'objects' | 'later'> {
  readonly facts: StagedUsers['facts'] & Origin;
}

async function withGroups(users: ReceivedUsers, area: StagingArea, source: Source, run: Run): Promise<StagedAccount> {
  try {
    const { facts, groupLines } = await receiveGroups(source, run);
    const { objects, later } = users;
    return { execution: area.execution, objects, groupLines, later, facts: { ...users.facts, ...facts } };
  } catch (error) {
    // Leftovers are removed after seven days.
    await Promise.allSettled([discardStaged(area.store, users.objects), users.later.drop()]);
    throw error;
  }
}
