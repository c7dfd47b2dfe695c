import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_ROLE, KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import type { Overview, OverviewOptions, RecordedChange } from '../../../../../functions/snapshot/overview/overview.ts';
import { readOverview } from '../../../../../functions/snapshot/overview/read-overview.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { publishRows } from '../../../../support/published-rows.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

const dtOf = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString().slice(0, 10);
const at = (n: number): Date => new Date(`${dtOf(n)}T02:15:00.000Z`);
const HOSTILE = '<script>alert(1)</script>\u202e=HYPERLINK("x")\u0000';
const GROUPS = [
  { id: 'g1', name: HOSTILE, created_at: null, modified_at: null },
  { id: 'g2', name: 'nobody', created_at: null, modified_at: null },
];
const LAST = 31;

const user = (id: string, fields: Partial<User> = {}): User => ({
  ...{ ...EMPTY_USER, id, email: `${id}@example.com`, first_name: id, last_name: HOSTILE },
  ...{ roles: ['customer-user'], disabled: false, created_at: '2025-01-01T00:00:00.000Z', ...fields },
});

/** Ada is always an administrator. Ben is one from the 10th to the 19th, and leaves on the 25th. Cleo is one from the 20th. */
function usersOn(n: number): User[] {
  const role = (isAdmin: boolean) => ({ roles: isAdmin ? [ADMIN_ROLE] : ['customer-user'] });
  return [
    user('ada', { ...role(true), groups: ['g1'], last_active: at(n).toISOString() }),
    ...(n < 25
      ? [user('ben', { ...role(n >= 10 && n < 20), email: n < 22 ? 'ben@example.com' : 'new@example.com' })]
      : []),
    user('cleo', { ...role(n >= 20), groups: n < 30 ? [] : ['g1', 'gone'], last_active: '2025-06-01T00:00:00.000Z' }),
    user('dan', { created_at: null, groups: null }),
  ];
}

/** Thirty days: the first to the 31st without the 9th. */
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  const store = new FolderStore(folder);
  for (let n = 1; n <= LAST; n++)
    if (n !== 9) await publishRows(store, { at: at(n), users: usersOn(n), groups: GROUPS });
  return () => rm(folder, { recursive: true });
});

const OPTIONS: OverviewOptions = { now: at(LAST), latest: dtOf(LAST), since: dtOf(1), most: 100 };
const read = (store: Store, options: Partial<OverviewOptions> = {}) => readOverview(store, { ...OPTIONS, ...options });

async function overviewOf(place: string, options: Partial<OverviewOptions> = {}): Promise<Overview> {
  const overview = await read(new FolderStore(place), options);
  if (!overview) throw new Error('there is a snapshot in the period');
  return overview;
}

const source = (n: number) => ({ dt: dtOf(n), commit: n < 9 ? n : n - 1 });
const EXACT = { from_is_exact: true, until_is_exact: true };

describe('the overview of a store', () => {
  test('has the stays of administrators with the day and commit of each end, the missing days and the latest names', async () => {
    const { stays, uncertain_stays } = await overviewOf(folder);
    const names = (first_name: string, email: string) => ({ id: first_name, email, first_name, last_name: HOSTILE });
    const current = { ...EXACT, until: null, ended: null, missing_before_until: [] };
    expect(stays).toEqual({
      items: [
        { ...names('cleo', 'cleo@example.com'), ...current, from: source(20), missing_before_from: [] },
        { ...names('ada', 'ada@example.com'), ...current, from: null, missing_before_from: [] },
        {
          ...{ ...names('ben', 'new@example.com'), ...EXACT, from: source(10), until: source(20), ended: 'revoked' },
          ...{ missing_before_from: [dtOf(9)], missing_before_until: [] },
        },
      ],
      total: 3,
    });
    expect(uncertain_stays).toEqual([]);
  });

  test('has administrators by email, users without activity by days, and groups by members, with hostile values unchanged', async () => {
    const { users, names_of_groups } = await overviewOf(folder);
    expect(users?.administrators.items.map(({ id, last_name }) => [id, last_name])).toEqual([
      ['ada', HOSTILE],
      ['cleo', HOSTILE],
    ]);
    expect(users?.dormant).toMatchObject({
      items: [
        { id: 'cleo', state: 'dormant', quiet_days: 244, is_admin: true },
        { id: 'dan', state: 'never_active', quiet_days: null },
      ],
      total: 2,
    });
    expect(users?.groups).toEqual({
      items: [
        { id: 'g1', name: HOSTILE, members: 2, administrators: 2 },
        { id: 'gone', name: null, members: 1, administrators: 1 },
        { id: 'g2', name: 'nobody', members: 0, administrators: 0 },
      ],
      total: 3,
    });
    expect(users?.unknown_groups).toBe(1);
    expect(names_of_groups).toBe('known');
  });

  test('has the changes newest first, those of administrators before others on each day, and names of the groups', async () => {
    const { changes, group_names, unknown_changes } = await overviewOf(folder);
    const lines = changes.items.map(({ dt, commit, change }) => [dt, commit, change.id, change.change]);
    expect(lines).toEqual([
      [dtOf(30), 29, 'cleo', 'group_added'],
      [dtOf(30), 29, 'cleo', 'group_added'],
      [dtOf(25), 24, 'ben', 'left'],
      [dtOf(22), 21, 'ben', 'email_changed'],
      [dtOf(20), 19, 'ben', 'admin_revoked'],
      [dtOf(20), 19, 'cleo', 'admin_granted'],
      [dtOf(20), 19, 'ben', 'role_added'],
      [dtOf(20), 19, 'cleo', 'role_removed'],
      [dtOf(10), 9, 'ben', 'admin_granted'],
      [dtOf(10), 9, 'ben', 'role_removed'],
    ]);
    expect(changes.total).toBe(10);
    expect(group_names).toEqual(new Map([['g1', HOSTILE]]));
    expect(unknown_changes).toEqual([{ ...source(1), reason: 'nothing to compare with' }]);
  });

  test('has the days of the period, their status, and the hashes of the newest snapshot’s commit and manifest', async () => {
    const overview = await overviewOf(folder, { since: dtOf(20) });
    expect(overview).toMatchObject({ location: folder, since: dtOf(20), until: dtOf(31) });
    expect(overview.days.map(({ dt }) => dt)).toEqual(Array.from({ length: 12 }, (_, i) => dtOf(20 + i)));
    expect(overview.status.days).toHaveLength(12);
    const commit = await readFile(join(folder, KEYS.commit(30)));
    expect(overview.newest_commit_sha256).toBe(sha256(commit));
    expect(overview.newest_manifest_sha256).toBe(sha256(await readFile(join(folder, KEYS.manifest(dtOf(31))))));
  });

  test('lists joiners and leavers even if other changes fill the list of changes', async () => {
    const all = await overviewOf(folder);
    const isJoiner = ({ change }: RecordedChange) => change.change === 'joined' || change.change === 'left';
    const joiners = all.changes.items.filter(isJoiner);
    expect(all.joiners).toEqual({ items: joiners, total: joiners.length });
    expect(joiners.length).toBeGreaterThan(0);
    const short = await overviewOf(folder, { most: 1 });
    expect(short.changes.items.filter(isJoiner)).toEqual([]);
    expect(short.joiners).toEqual({ items: joiners.slice(0, 1), total: joiners.length });
  });

  test('of a period that begins later has the changes of its first day, but no earlier ones', async () => {
    const { changes, stays, unknown_changes } = await overviewOf(folder, { since: dtOf(20) });
    expect(changes.items.filter(({ dt }) => dt <= dtOf(20))).toHaveLength(4);
    expect(unknown_changes).toEqual([]);
    expect(stays.items.map(({ id, from, until }) => [id, from?.dt, until?.dt])).toEqual([
      ['cleo', dtOf(20), undefined],
      ['ada', undefined, undefined],
      ['ben', undefined, dtOf(20)],
    ]);
  });

  test('cuts each list and says how long it is', async () => {
    const { changes, stays, users } = await overviewOf(folder, { most: 1 });
    const lists = [changes, stays, users?.administrators, users?.dormant, users?.groups];
    expect(lists.map((list) => list?.items.length)).toEqual([1, 1, 1, 1, 1]);
    expect(lists.map((list) => list?.total)).toEqual([10, 3, 2, 2, 3]);
    expect(changes.items[0]?.change.change).toBe('group_added');
  });

  test('is undefined if there is no snapshot in the period, or none at all', async () => {
    const later = { now: at(60), latest: dtOf(60), since: dtOf(40) };
    expect(await read(new FolderStore(folder), later)).toBeUndefined();
    const empty = await newFolder();
    expect(await read(new FolderStore(empty))).toBeUndefined();
    await rm(empty, { recursive: true });
  });

  test('has one snapshot of one day, with nothing to compare with', async () => {
    const overview = await overviewOf(folder, { since: dtOf(1), latest: dtOf(1) });
    expect(overview.days).toHaveLength(1);
    expect(overview).toMatchObject({ changes: { items: [], total: 0 }, stays: { total: 1, items: [{ from: null }] } });
  });

  test('is read from documents, change feeds, and the users and groups of the newest day alone', async () => {
    const keys = new Set<string>();
    const store = watched(new FolderStore(folder), (call, perform, key) => {
      if (call !== 'list') keys.add(key);
      return perform();
    });
    await read(store);
    const others = [...keys].filter((key) => !/^(manifests|runs|changes)\//.test(key));
    expect(others.sort()).toEqual([KEYS.commit(30), KEYS.groups(dtOf(31)), KEYS.json(dtOf(31))].sort());
    expect([...keys].filter((key) => key.startsWith('changes/'))).toHaveLength(29); // the first day compares with nothing
  });
});

describe('what is not known', () => {
  test('is null for users that have expired, while feeds still show stays', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.json(dtOf(31))));
    const { users, stays, uncertain_stays } = await overviewOf(copy);
    expect(users).toBeNull();
    expect(stays.items.map(({ id, email, from, until }) => [id, email, from?.dt, until?.dt])).toEqual([
      ['cleo', 'cleo@example.com', dtOf(20), undefined],
      ['ben', 'new@example.com', dtOf(10), dtOf(20)],
    ]);
    expect(uncertain_stays).toHaveLength(30); // of Ada, no feed says anything
    expect(uncertain_stays[0]).toEqual({ ...source(1), administrators: 1, shown: 0 });
  });

  test('is listed for feeds that have expired, and stays claim no exact start there', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.changes(dtOf(20))));
    const { stays, unknown_changes, uncertain_stays, changes } = await overviewOf(copy, { since: dtOf(15) });
    expect(unknown_changes).toEqual([{ ...source(20), reason: 'expired' }]);
    expect(stays.items.map(({ id, from, from_is_exact }) => [id, from?.dt, from_is_exact])).toEqual([
      ['ada', dtOf(20), false],
      ['cleo', dtOf(20), false],
    ]);
    expect(uncertain_stays.map(({ dt }) => dt)).toEqual([15, 16, 17, 18, 19].map(dtOf));
    expect(changes).toMatchObject({ total: 8, items: [{}, {}, {}, {}] });
  });

  test('does not include when a stay began if only the first day of the period has no feed: that was before the period', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.changes(dtOf(15))));
    const { stays, unknown_changes, uncertain_stays } = await overviewOf(copy, { since: dtOf(15) });
    expect(unknown_changes).toEqual([{ ...source(15), reason: 'expired' }]);
    expect(stays.items.map(({ id, from, from_is_exact }) => [id, from?.dt, from_is_exact])).toEqual([
      ['cleo', dtOf(20), true],
      ['ada', undefined, true],
      ['ben', undefined, true],
    ]);
    expect(uncertain_stays).toEqual([]);
  });

  test('is said of the names of groups that the token may not read or that were removed', async () => {
    const denied = await copyOf(folder);
    await publishRows(new FolderStore(denied), { at: at(32), users: usersOn(32) });
    const later = { now: at(32), latest: dtOf(32) };
    const { users, names_of_groups } = await overviewOf(denied, later);
    expect(names_of_groups).toBe('denied');
    expect(users?.groups?.items[0]).toEqual({ id: 'g1', name: null, members: 2, administrators: 2 });
    const removed = await copyOf(folder);
    await rm(join(removed, KEYS.groups(dtOf(31))));
    expect((await overviewOf(removed)).names_of_groups).toBe('expired');
    await writeFile(join(removed, KEYS.groups(dtOf(31))), '{}\n');
    expect((await overviewOf(removed)).names_of_groups).toBe('damaged');
  });

  test('is not the case for an account without users', async () => {
    const copy = await copyOf(folder);
    await publishRows(new FolderStore(copy), { at: at(32), users: [] });
    await rm(join(copy, KEYS.json(dtOf(32))));
    const { users, stays } = await overviewOf(copy, { now: at(32), latest: dtOf(32) });
    expect(users?.administrators).toEqual({ items: [], total: 0 });
    expect(stays.items.map(({ id, ended }) => [id, ended])).toEqual([
      ['cleo', 'left'],
      ['ada', 'left'],
      ['ben', 'revoked'],
    ]);
  });
});

describe('a store that is damaged', () => {
  test.each<[string, (copy: string) => Promise<void>, string]>([
    [
      'a change feed',
      (copy) => writeFile(join(copy, KEYS.changes(dtOf(20))), ''),
      `${KEYS.changes(dtOf(20))} is damaged`,
    ],
    ['the users', (copy) => writeFile(join(copy, KEYS.json(dtOf(31))), ''), `${KEYS.json(dtOf(31))} is damaged`],
    [
      'a manifest',
      (copy) => writeFile(join(copy, KEYS.manifest(dtOf(20))), '{}'),
      'is not the manifest of its day. Run verify',
    ],
    ['a lost manifest', (copy) => rm(join(copy, KEYS.manifest(dtOf(20)))), `${dtOf(20)} was published, but`],
    ['a lost commit', (copy) => rm(join(copy, KEYS.commit(30))), 'commits/00000030.json is missing. Run verify'],
    [
      'a manifest of another version',
      async (copy) => {
        const path = join(copy, KEYS.manifest(dtOf(20)));
        await writeFile(path, (await readFile(path, 'utf8')).replace('"schema_version":1', '"schema_version":2'));
      },
      'was written by another version of this program: its schema_version is 2, not 1. Use the version that wrote it, or a newer one',
    ],
  ])('ends in an error that names it: %s', async (_, damage, message) => {
    const copy = await copyOf(folder);
    await damage(copy);
    const failed = expect(read(new FolderStore(copy))).rejects;
    await failed.toThrow(StoreError);
    await expect(read(new FolderStore(copy))).rejects.toThrow(message);
  });
});

describe('a run that publishes while the store is read', () => {
  /** A store in which runs publish, one in each of the first readings, right before the users are read. */
  async function publishing(runs: number): Promise<Store> {
    const copy = await copyOf(folder);
    const store = new FolderStore(copy);
    let count = 0;
    let isDue = true;
    return watched(store, async (call, perform, key) => {
      if (call === 'read' && key.startsWith('commits/') && count < runs) isDue = true;
      if (call !== 'open' || !key.startsWith('users/') || !isDue || count === runs) return perform();
      isDue = false;
      count++;
      await publishRows(store, { at: new Date(at(31).getTime() + count * 60_000), users: [user(`run${count}`)] });
      return perform();
    });
  }

  test('does not mix two states: the store is read again', async () => {
    const overview = await read(await publishing(1));
    expect(overview?.days.at(-1)?.commit).toBe(31);
    expect(overview?.users?.dormant.items.map(({ id }) => id)).toEqual(['run1']);
    expect(overview?.status.newest_commit).toBe(31);
  });

  test('ends in an error if it happens in every reading', async () => {
    await expect(read(await publishing(100))).rejects.toThrow('a run published during each of 5 readings. Run again');
  });
});
