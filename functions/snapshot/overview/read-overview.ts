/** Reads what the report shows. Reads manifests, run documents, the newest commit, change feeds, and the users and groups of one day. */
import { daysWithRows } from '../changes/compare-days.ts';
import { type GroupNames, readGroupNames } from '../changes/group-names.ts';
import { readUsers } from '../changes/read-users.ts';
import { sha256Of } from '../commits/document.ts';
import { refuseLostManifests } from '../commits/lost-manifests.ts';
import type { Manifest } from '../commits/manifest.ts';
import { commitHashOf } from '../commits/published-by.ts';
import { KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { inOneState } from '../history/one-state.ts';
import { readStatus } from '../status/status.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../user.ts';
import { administratorStays, uncertainDays } from './administrator-stays.ts';
import { mentionedGroups } from './change-list.ts';
import { walkHistory } from './history-walk.ts';
import { newestUsers } from './newest-users.ts';
import type { Overview, OverviewOptions } from './overview.ts';
import { readPeriod } from './period.ts';

/**
 * Undefined if the period has no snapshot. All facts are of one state of the store.
 * @throws StoreError if something that is read is damaged, or the store changed during every reading
 */
export const readOverview = (store: Store, options: OverviewOptions): Promise<Overview | undefined> =>
  inOneState(store, () => readOnce(store, options));

async function readOnce(store: Store, options: OverviewOptions): Promise<Overview | undefined> {
  const { now, latest, since, most } = options;
  const status = await readStatus(store, { now, latest, since });
  const period = await readPeriod(store, options);
  await refuseLostManifests(store, since, latest);
  if (!period) return undefined;
  const { days, newest } = period;
  const groupNames = await readGroupNames(store, newest);
  const rows = await rowsOf(store, newest);
  const read = rows && (await newestUsers(rows, newest, groupNames, most));
  const history = await walkHistory(store, period, read?.administrators, most);
  return {
    location: store.location,
    since,
    until: newest.dt,
    status,
    days,
    newest_commit_sha256: await commitHashOf(store, newest),
    newest_manifest_sha256: await hashOfManifest(store, newest),
    users: read?.users ?? null,
    stays: await administratorStays(store, period, history, read !== undefined && newest.user_count > 0),
    uncertain_stays: uncertainDays(period, history),
    changes: history.changes,
    joiners: history.joiners,
    unknown_changes: history.unknown_changes,
    names_of_groups: knowledgeOf(newest, groupNames),
    group_names: mentionedGroups(history.changes.items, groupNames.names),
  };
}

/** Undefined if the users have expired. A day without users has nothing that could expire. */
async function rowsOf(store: Store, newest: Manifest): Promise<AsyncIterable<readonly User[]> | undefined> {
  const [stored] = await daysWithRows(store, [newest.dt]);
  if (stored !== undefined) return readUsers(store, newest);
  return newest.user_count === 0 ? noUsers() : undefined;
}

async function* noUsers(): AsyncGenerator<readonly User[]> {
  yield [];
}

/** @throws StoreError if the manifest was removed in the meantime */
async function hashOfManifest(store: Store, { dt }: Manifest): Promise<string> {
  const bytes = await store.read(KEYS.manifest(dt));
  if (bytes) return sha256Of(bytes);
  throw new StoreError(`${store.location}: ${KEYS.manifest(dt)} was removed in the meantime. Run again`);
}

function knowledgeOf({ groups }: Manifest, { damaged, missing }: GroupNames): Overview['names_of_groups'] {
  if (groups !== 'published') return groups;
  if (damaged !== undefined) return 'damaged';
  return missing === undefined ? 'known' : 'expired';
}
