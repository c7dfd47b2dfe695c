import type { ManifestFacts } from '../commits/manifest.ts';
import { type Deadline, withinPart } from '../deadline.ts';
import { InterruptedError, OperatorError } from '../errors.ts';
import { groupLines } from '../group.ts';
import type { GroupsOrigin } from '../origin.ts';
import type { Run } from '../run.ts';
import { GROUPS_SHARE, PATHS, type Source } from '../source.ts';
import { requesting } from './requesting.ts';

/** What the manifest says of the groups, and their lines if they are published. */
export interface ReceivedGroups {
  readonly facts: Pick<ManifestFacts, 'groups' | 'groups_received'>;
  readonly groupLines: readonly string[] | undefined;
}

/**
 * Receives the groups of the account, in the order of the response. If that fails, users are published without them, with a warning.
 * @throws InterruptedError on an interrupt
 */
export async function receiveGroups(
  source: Source,
  { deadline, onWarning }: Pick<Run, 'deadline' | 'onWarning'>,
): Promise<ReceivedGroups> {
  try {
    const { lines, origin } = await withinPart(deadline, GROUPS_SHARE, (part) => receiveLines(source, part));
    const groups = lines ? 'published' : 'denied';
    return { facts: { groups, groups_received: origin }, groupLines: lines };
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof OperatorError)) throw error;
    onWarning(`users are published without group names, because GET ${PATHS.groups} failed: ${error.message}`);
    return { facts: { groups: 'failed', groups_received: null }, groupLines: undefined };
  }
}

/** No lines if the token may not read groups. */
interface ReceivedLines {
  readonly lines?: readonly string[];
  readonly origin: GroupsOrigin;
}

const receiveLines = (source: Source, deadline: Deadline): Promise<ReceivedLines> =>
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
