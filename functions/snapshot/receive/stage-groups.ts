import type { Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { type Deadline, withinPart } from '../deadline.ts';
import { InterruptedError, OperatorError, StoreError } from '../errors.ts';
import { groupLines } from '../group.ts';
import type { Run } from '../run.ts';
import { GROUPS_SHARE, PATHS, type Source } from '../source.ts';
import type { StoredObject } from '../store/store.ts';
import { type StagingArea, stageLines } from './outputs.ts';
import { requesting } from './requesting.ts';

/** The manifest's `groups`, and the staged object if they are published. */
export interface StagedGroups {
  readonly status: Manifest['groups'];
  readonly objects: readonly StoredObject[];
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
    const lines = await withinPart(deadline, GROUPS_SHARE, (part) => receiveLines(source, part));
    if (!lines) return { status: 'denied', objects: [] };
    return { status: 'published', objects: [await stageLines(area, 'groups', KEYS.groups(area.dt), lines)] };
  } catch (error) {
    const endsRun = error instanceof StoreError || error instanceof InterruptedError;
    if (endsRun || !(error instanceof OperatorError)) throw error;
    onWarning(`users are published without group names, because GET ${PATHS.groups} failed: ${error.message}`);
    return { status: 'failed', objects: [] };
  }
}

/** Undefined if the token may not read groups. */
const receiveLines = (source: Source, deadline: Deadline): Promise<string[] | undefined> =>
  requesting(
    () => source.openGroups(deadline),
    async (response) => response && groupLines(response.batches()),
    source,
    deadline,
  );
