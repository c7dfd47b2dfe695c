import type { ManifestFacts } from '../commits/manifest.ts';
import type { CountedObject } from '../commits/stage-commit.ts';
import { KEYS } from '../contract.ts';
import { type Deadline, withinPart } from '../deadline.ts';
import { InterruptedError, OperatorError, StoreError } from '../errors.ts';
import { groupLines } from '../group.ts';
import type { GroupsOrigin } from '../origin.ts';
import type { Run } from '../run.ts';
import { GROUPS_SHARE, PATHS, type Source } from '../source.ts';
import { type StagingArea, stageLines } from './outputs.ts';
import { requesting } from './requesting.ts';

/** What the manifest says of the groups, and the staged object if they are published. */
export interface StagedGroups {
  readonly facts: Pick<ManifestFacts, 'groups' | 'groups_received'>;
  readonly objects: readonly CountedObject[];
}

/**
 * Stages the groups of the account, in the order of the response. If they can't be received, users are published without them, with a
 * warning.
 * @throws StoreError if they can't be staged, InterruptedError on an interrupt
 */
export async function stageGroups(
  source: Source,
  area: StagingArea,
  { deadline, onWarning }: Pick<Run, 'deadline' | 'onWarning'>,
): Promise<StagedGroups> {
  try {
    const { lines, origin } = await withinPart(deadline, GROUPS_SHARE, (part) => receiveLines(source, part));
    if (!lines) return { facts: { groups: 'denied', groups_received: origin }, objects: [] };
    const object = await stageLines(area, 'groups', KEYS.groups(area.dt), lines);
    return { facts: { groups: 'published', groups_received: origin }, objects: [object] };
  } catch (error) {
    const endsRun = error instanceof StoreError || error instanceof InterruptedError;
    if (endsRun || !(error instanceof OperatorError)) throw error;
    onWarning(`users are published without group names, because GET ${PATHS.groups} failed: ${error.message}`);
    return { facts: { groups: 'failed', groups_received: null }, objects: [] };
  }
}

/** No lines if the token may not read groups. */
interface ReceivedGroups {
  readonly lines?: readonly string[];
  readonly origin: GroupsOrigin;
}

const receiveLines = (source: Source, deadline: Deadline): Promise<ReceivedGroups> =>
  requesting(
    () => source.openGroups(deadline),
    async (response) => {
      if ('denied' in response) return { origin: response.denied };
      const lines = await groupLines(response.batches());
      return { lines, origin: response.origin() };
    },
    source,
    deadline,
  );
