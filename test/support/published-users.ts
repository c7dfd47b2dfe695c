import { createHash } from 'node:crypto';
import type { Group } from '../../functions/snapshot/group.ts';
import type { Origin } from '../../functions/snapshot/origin.ts';
import { newRun } from '../../functions/snapshot/run.ts';
import { parseSettings } from '../../functions/snapshot/settings.ts';
import type { Source, SourceResponse } from '../../functions/snapshot/source.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { User } from '../../functions/snapshot/user.ts';
import { deadlineIn } from './take.ts';

/** Publishes rows of users as they are, with the product itself, from a source that needs no server. */

export interface PublishedAccount {
  readonly users: readonly User[];
  /** Undefined if the token may not read them. Default: none. */
  readonly groups?: readonly Group[] | undefined;
}

export async function publishUsers(store: Store, at: Date, account: PublishedAccount): Promise<void> {
  const settings = parseSettings({ SNAPSHOT_ALLOW_EMPTY: 'true', SNAPSHOT_KEEP_RAW: 'false' });
  const request = { settings, trigger: 'local', deadline: deadlineIn(60_000), now: () => at, force: true } as const;
  const outcome = await takeSnapshot(newRun(request), sourceOf(at, account), store);
  if (!outcome.snapshot) throw outcome.error;
}

const sourceOf = (at: Date, { users, ...rest }: PublishedAccount): Source => {
  const groups = 'groups' in rest ? rest.groups : [];
  const unsaid = { presentFields: [], unknownFields: [], aliases: [], missingFields: [], invalidFields: [] };
  return {
    openUsers: async () =>
      response(
        at,
        '/api/v2/users',
        users.map((user) => ({ user, ...unsaid, loneSurrogates: 0 })),
      ),
    openGroups: async () => {
      const list = response(at, '/api/v2/userGroups', groups ?? []);
      return groups ? list : { denied: { ...list.origin(), response: { ...list.origin().response, status: 403 } } };
    },
    time: async () => at,
    pause: async () => undefined,
  };
};

function response<Item>(at: Date, path: string, items: readonly Item[]): SourceResponse<Item> {
  return {
    observedAt: at,
    async *batches() {
      yield items;
    },
    origin: (): Origin => ({
      request: { method: 'GET', path, parameters: {} },
      response: { status: 200, date: at.toISOString(), bytes: 0, sha256: createHash('sha256').digest('hex') },
      token: { kind: 'access', secret_version: null },
    }),
    cancel: async () => undefined,
  };
}
