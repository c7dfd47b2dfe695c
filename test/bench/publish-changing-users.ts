import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Change, countChanges, inFeedOrder } from '../../functions/snapshot/changes/change.ts';
import type { ManifestFacts } from '../../functions/snapshot/commits/manifest.ts';
import type { CountedObject } from '../../functions/snapshot/commits/stage-commit.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { Origin } from '../../functions/snapshot/origin.ts';
import { PUBLISHING_STEPS } from '../../functions/snapshot/publish.ts';
import { type StagingArea, stageLines } from '../../functions/snapshot/receive/outputs.ts';
import { newRun } from '../../functions/snapshot/run.ts';
import { parseSettings } from '../../functions/snapshot/settings.ts';
import { PATHS, type Source } from '../../functions/snapshot/source.ts';
import { BegunObjects } from '../../functions/snapshot/store/begun-objects.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import { addDays } from '../../functions/snapshot/utc-day.ts';
import { deadlineIn } from '../support/take.ts';
import { ChangingUsers, groups } from './changing-users.ts';

/**
 * Publishes many days of many users in seconds per hundred days. The product's own run stages, commits, promotes and records each day.
 * Only the receiving is made up: the change feed is derived from the users that change, and the users of most days are a link to an
 * earlier day's file. So every hash is right, and `verify` is satisfied, but `verify --deep` would find that the users of a linked day
 * don't lead to its feed. The commands that are measured read the users of `whole` days only.
 */
export interface ChangingHistory {
  readonly users: number;
  readonly first: string;
  readonly days: number;
  /** Dates whose users are written in full. The first date always is. */
  readonly whole: readonly string[];
}

const NOWHERE: Source = {
  openUsers: () => Promise.reject(new Error('nothing is requested')),
  openGroups: () => Promise.reject(new Error('nothing is requested')),
  time: async () => undefined,
  pause: async () => undefined,
};

export async function publishChangingUsers(folder: string, history: ChangingHistory): Promise<void> {
  const account = new ChangingUsers(history.users);
  const store = new FolderStore(folder);
  let file: CountedObject | undefined;
  for (let day = 0; day < history.days; day++) {
    const dt = addDays(history.first, day);
    const at = new Date(`${dt}T02:15:00.000Z`);
    const settings = parseSettings({ SNAPSHOT_KEEP_RAW: 'false', SNAPSHOT_FORMATS: 'json' });
    const run = newRun({ settings, trigger: 'local', deadline: deadlineIn(60_000), now: () => at });
    const execution = run.newExecution();
    const area = { store, dt, execution };
    const keys = [KEYS.changes(dt), KEYS.groups(dt), KEYS.manifest(dt)];
    const changes = day === 0 ? null : inOrder(account, at);
    const isWhole = !file || history.whole.includes(dt);
    const users: CountedObject = file && !isWhole ? await linked(folder, area, file) : await written(account, area, at);
    file = users;
    const outcome = await takeSnapshot(run, NOWHERE, store, {
      ...PUBLISHING_STEPS,
      findBaselines: async () => ({ newest: undefined, earlier: undefined }),
      receive: async () => {
        const later = await BegunObjects.begin(store, execution, keys);
        const feed = await stageLines(later, 'changes', KEYS.changes(dt), (changes ?? []).map(lineOf));
        const facts = factsOf(account, at, changes);
        const staged = { execution, objects: [users, feed], groupLines: groups.map(lineOf), later, facts };
        return { account: staged, newChanges: null, rawKey: null };
      },
    });
    if (!outcome.snapshot) throw outcome.error;
  }
}

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;

function inOrder(account: ChangingUsers, at: Date): Change[] {
  const dt = at.toISOString().slice(0, 10);
  const previous = new Date(at.getTime() - 86_400_000).toISOString();
  const span = {
    dt,
    previous_dt: previous.slice(0, 10),
    previous_observed_at: previous,
    observed_at: at.toISOString(),
  };
  return account
    .nextDay(at.getTime())
    .map((changed): Change => ({ ...span, ...changed }))
    .sort(inFeedOrder);
}

function* rowLines(account: ChangingUsers, at: Date): Generator<string> {
  for (const user of account.rows(at.getTime())) yield lineOf(user);
}

type Area = Pick<StagingArea, 'store' | 'dt' | 'execution'>;

async function written(account: ChangingUsers, { store, dt, execution }: Area, at: Date): Promise<CountedObject> {
  const key = KEYS.json(dt);
  return stageLines(await BegunObjects.begin(store, execution, [key]), 'json', key, rowLines(account, at));
}

/** Stages a link to the users of an earlier day. */
async function linked(folder: string, { store, dt, execution }: Area, file: CountedObject): Promise<CountedObject> {
  const staging = await store.stage(KEYS.json(dt), execution);
  const { staged } = await staging.close();
  if (!('path' in staged)) throw new Error('the store is not a folder');
  const path = join(folder, staged.path);
  await rm(path);
  await link(join(folder, file.key), path);
  return { ...file, key: KEYS.json(dt), staged };
}

function factsOf(account: ChangingUsers, at: Date, changes: readonly Change[] | null): ManifestFacts {
  return {
    observed_at: at.toISOString(),
    ...account.facts,
    previous_dt: changes && new Date(at.getTime() - 86_400_000).toISOString().slice(0, 10),
    changes: changes && countChanges(changes),
    drift: {
      ...{ unknown_fields: [], unknown_roles: [], aliases: [], missing_fields: [], invalid_fields: [] },
      ...{ invalid_values: 0, duplicates: 0, lone_surrogates: 0 },
    },
    csv_cells_altered: 0,
    groups: 'published',
    ...originOf(PATHS.users, at),
    groups_received: originOf(PATHS.groups, at),
  };
}

const originOf = (path: string, at: Date): Origin => ({
  request: { method: 'GET', path, parameters: {} },
  response: { status: 200, date: at.toISOString(), bytes: 2, sha256: '0'.repeat(64) },
  token: { kind: 'refresh', secret_version: null },
});
