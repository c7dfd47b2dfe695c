/** Publishes rows with the product itself, without a server: for histories of any users. */

import type { Group } from '../../functions/snapshot/group.ts';
import type { Origin } from '../../functions/snapshot/origin.ts';
import { newRun } from '../../functions/snapshot/run.ts';
import { parseSettings } from '../../functions/snapshot/settings.ts';
import { PATHS, type Source, type SourceResponse } from '../../functions/snapshot/source.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { type TakenSnapshot, takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { ReadUser, User } from '../../functions/snapshot/user.ts';
import { deadlineIn } from './take.ts';

export interface RowsToPublish {
  readonly at: Date;
  readonly users: readonly User[];
  /** Default: the token may not read them. */
  readonly groups?: readonly Group[];
}

export async function publishRows(store: Store, { at, users, groups }: RowsToPublish): Promise<TakenSnapshot> {
  const now = () => at;
  const settings = parseSettings({
    SNAPSHOT_ALLOW_EMPTY: 'true',
    SNAPSHOT_KEEP_RAW: 'false',
    SNAPSHOT_FORMATS: 'json',
  });
  const run = newRun({ settings, trigger: 'local', deadline: deadlineIn(60_000), now, force: true });
  const source: Source = {
    openUsers: async () => responseOf(users.map(readUser), at, PATHS.users),
    openGroups: async () => (groups ? responseOf(groups, at, PATHS.groups) : { denied: originOf(PATHS.groups, 403) }),
    time: async () => at,
    pause: async () => undefined,
  };
  const outcome = await takeSnapshot(run, source, store);
  if (!outcome.snapshot) throw outcome.error;
  return outcome.snapshot;
}

const originOf = (path: string, status = 200): Origin => ({
  request: { method: 'GET', path, parameters: {} },
  response: { status, date: null, bytes: 2, sha256: '0'.repeat(64) },
  token: { kind: 'refresh', secret_version: null },
});

const responseOf = <Item>(items: readonly Item[], observedAt: Date, path: string): SourceResponse<Item> => ({
  observedAt,
  async *batches() {
    yield items;
  },
  origin: () => originOf(path),
  cancel: async () => undefined,
});

const readUser = (user: User): ReadUser => ({
  user,
  presentFields: user.roles ? ['roles'] : [],
  unknownFields: [],
  aliases: [],
  missingFields: [],
  invalidFields: [],
  loneSurrogates: 0,
});
