import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import { parseExceptions } from '../../../../../functions/snapshot/review/exceptions.ts';
import { parsePeople } from '../../../../../functions/snapshot/review/people.ts';
import {
  type Population,
  type PopulationOptions,
  readPopulation,
} from '../../../../../functions/snapshot/review/population.ts';
import { REVIEW_ROW, type ReviewRow } from '../../../../../functions/snapshot/review/review-document.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { user } from '../../../../sql/synthetic.ts';
import { flipByte, rowsPath } from '../../../../support/account-days.ts';
import { publishUsers } from '../../../../support/published-users.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
});

const dtOf = (day: number): string => `2026-11-${String(day).padStart(2, '0')}`;
const publish = (day: number, users: readonly User[]) =>
  publishUsers(new FolderStore(folder), new Date(`${dtOf(day)}T02:15:00Z`), { users });
const population = (options: Partial<PopulationOptions> = {}): Promise<Population | undefined> =>
  readPopulation(new FolderStore(folder), { dormantDays: 90, latest: dtOf(20), ...options });
const rowOf = async (id: string, options: Partial<PopulationOptions> = {}): Promise<ReviewRow | undefined> =>
  (await population(options))?.rows.find((row) => row.id === id);

const ADMIN = { roles: ['customer-admin'] };

describe('the rows', () => {
  test('have administrators first, then addresses by code units, null last, then ids, and are counted from 1', async () => {
    const users = [
      user('5', { email: null }),
      user('4', { email: 'b@x.com' }),
      user('3', { email: 'b@x.com' }),
      user('2', { email: 'Z@x.com' }),
      user('1', { ...ADMIN, email: 'z@x.com' }),
    ];
    await publish(1, users);
    const rows = (await population())?.rows ?? [];
    expect(rows.map(({ row, id }) => [row, id])).toEqual([
      [1, '1'],
      [2, '2'],
      [3, '3'],
      [4, '4'],
      [5, '5'],
    ]);
    for (const row of rows) REVIEW_ROW.parse(row);
  });

  test("have the hash of the user's stored line", async () => {
    await publish(1, [user('a', { first_name: 'é"\\\u2028' }), user('b')]);
    const lines = (await readFile(rowsPath(folder, dtOf(1)), 'utf8')).split('\n');
    const rows = (await population())?.rows ?? [];
    expect(rows.map(({ sha256 }) => sha256)).toEqual(
      [lines[0], lines[1]].map((line) =>
        createHash('sha256')
          .update(line ?? '')
          .digest('hex'),
      ),
    );
  });

  test('name the commit that published the day, and its hash', async () => {
    await publish(1, [user('a')]);
    await publish(1, [user('a')]);
    const bytes = await readFile(join(folder, KEYS.commit(2)));
    expect(await population()).toMatchObject({
      manifest: { dt: dtOf(1), commit: 2 },
      commit_sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });
});

describe('the past of a user', () => {
  test('begins on the first day it was ever seen, and its role on the first day after the last gap', async () => {
    await publish(1, [user('a', ADMIN)]);
    await publish(2, []);
    await publish(4, [user('a', ADMIN)]);
    await publish(5, [user('a', ADMIN)]);
    expect(await rowOf('a')).toMatchObject({ first_dt: dtOf(1), admin_since: dtOf(4), changed_dt: dtOf(4) });
  });

  test('has a gap in its role on a day with unknown roles, although no feed says that they became unknown', async () => {
    await publish(1, [user('a', ADMIN)]);
    await publish(2, [user('a', { roles: null })]);
    await publish(3, [user('a', ADMIN)]);
    expect(await rowOf('a')).toMatchObject({ admin_since: dtOf(3), changed_dt: dtOf(3), changes: 'admin_granted' });
    expect(await rowOf('a', { dt: dtOf(2) })).toMatchObject({ is_admin: false, admin_since: null, changed_dt: null });
    expect(await rowOf('a', { dt: dtOf(1) })).toMatchObject({ is_admin: true, admin_since: dtOf(1) });
  });

  test('is read from the users of two days if a day between was published again, or the feed has expired', async () => {
    await publish(1, [user('a')]);
    await publish(2, [user('a')]);
    await publish(1, [user('a', ADMIN)]);
    expect(await rowOf('a')).toMatchObject({ is_admin: false, first_dt: dtOf(1), changed_dt: null });
    await publish(3, [user('a', ADMIN)]);
    await rm(join(folder, KEYS.changes(dtOf(3))));
    expect(await rowOf('a')).toMatchObject({ admin_since: dtOf(3), changed_dt: null, changes: null });
  });
});

describe('is_dormant', () => {
  /** Ten days before the snapshot, to the millisecond. */
  const BOUND = '2026-11-01T02:15:00.000Z';

  test('counts to the millisecond as the state does, from the creation if the user was never active, and never a disabled user', async () => {
    const at = (last_active: string | null, fields: Partial<User> = {}) => ({ last_active, ...fields });
    await publish(11, [
      user('at the limit', at(BOUND)),
      user('beyond', at(new Date(Date.parse(BOUND) - 1).toISOString())),
      user('disabled', at('2020-01-01T00:00:00.000Z', { disabled: true })),
      user('never', at(null, { created_at: '2026-10-01T00:00:00.000Z' })),
      user('new', at(null, { created_at: '2026-11-10T00:00:00.000Z' })),
      user('unknown', at(null, { created_at: null })),
    ]);
    const rows = (await population({ dormantDays: 10 }))?.rows ?? [];
    const dormant = rows.filter(({ is_dormant }) => is_dormant).map(({ id, quiet_days }) => [id, quiet_days]);
    expect(dormant).toEqual([
      ['beyond', 10],
      ['never', 41],
      ['unknown', null],
    ]);
  });

  test('with 90 days agrees with the states dormant and never_active, also on the 90th day', async () => {
    const quietSince = (milliseconds: number) =>
      new Date(Date.parse(`${dtOf(11)}T02:15:00Z`) - 90 * 86_400_000 - milliseconds).toISOString();
    await publish(11, [
      ...[-1, 0, 1, 3_600_000].flatMap((by) => [
        user(`active ${by}`, { last_active: quietSince(by) }),
        user(`created ${by}`, { last_active: null, created_at: quietSince(by) }),
      ]),
      user('disabled', { last_active: quietSince(1), disabled: true }),
    ]);
    const rows = (await population({ dormantDays: 90 }))?.rows ?? [];
    expect(rows.filter(({ is_dormant }) => is_dormant)).toHaveLength(4);
    for (const { state, is_dormant } of rows) expect(is_dormant).toBe(state === 'dormant' || state === 'never_active');
  });
});

describe('with the day of an earlier review', () => {
  test('changed_since has the kinds of change since, joined for a new user, and is empty for others', async () => {
    await publish(1, [user('a'), user('b'), user('c')]);
    await publish(2, [user('a', ADMIN), user('b')]);
    await publish(3, [user('a', { ...ADMIN, last_name: 'New' }), user('b'), user('c'), user('d')]);
    const told = await population({ since: dtOf(1) });
    expect(told?.since?.manifest.dt).toBe(dtOf(1));
    expect(told?.rows.map(({ id, changed_since }) => [id, changed_since])).toEqual([
      ['a', 'admin_granted, name_changed, role_removed'],
      ['b', ''],
      ['c', ''],
      ['d', 'joined'],
    ]);
    expect((await rowOf('b'))?.changed_since).toBeNull();
  });

  test('a day that is not earlier, or has no users, is an error that names the nearest days', async () => {
    await publish(1, [user('a')]);
    await publish(3, [user('a')]);
    await expect(population({ since: dtOf(3) })).rejects.toThrow(
      new SettingsError(`--since ${dtOf(3)} is not before ${dtOf(3)}, the day of the review: name an earlier day`),
    );
    await expect(population({ since: dtOf(2) })).rejects.toThrow(
      new SettingsError(
        `--since: ${dtOf(2)} has no snapshot. The nearest days with users are ${dtOf(1)} and ${dtOf(3)}`,
      ),
    );
  });
});

test('the list of people and the exceptions mark rows, and whatever matches nothing is reported', async () => {
  await publish(1, [user('a'), user('b'), user('bot', { email: null })]);
  const told = await population({
    people: parsePeople(Buffer.from('Email\nA@example.com\nz@example.com\n'), 'people.csv'),
    exceptions: parseExceptions(Buffer.from('user,reason\nbot,runs exports\ngone,none\n'), 'exceptions.csv'),
  });
  expect(told?.rows.map(({ id, is_on_people_list, exception }) => [id, is_on_people_list, exception])).toEqual([
    ['a', true, null],
    ['b', false, null],
    ['bot', false, 'runs exports'],
  ]);
  expect(told).toMatchObject({
    people: { column: 'Email', addresses: 2, matched: 1 },
    without_account: ['z@example.com'],
    unmatched_exceptions: ['gone'],
    notes: [
      'users without an address, who count as not on the list of people: 1',
      'exceptions.csv, line 3 matches no user',
    ],
  });
});

describe('a store', () => {
  test('without a snapshot has no population', async () => {
    expect(await population()).toBeUndefined();
  });

  test('whose newest day has no users has an empty population', async () => {
    await publish(1, [user('a')]);
    await publish(2, []);
    expect(await population()).toMatchObject({ manifest: { dt: dtOf(2) }, rows: [] });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['users', () => flipByte(rowsPath(folder, dtOf(2)), 9), `${KEYS.json(dtOf(2))} is damaged`],
    ['changes', () => flipByte(join(folder, KEYS.changes(dtOf(2))), 9), `${KEYS.changes(dtOf(2))} is damaged`],
    [
      'an earlier manifest',
      () => flipByte(join(folder, KEYS.manifest(dtOf(1))), 1),
      `${KEYS.manifest(dtOf(1))} is not`,
    ],
    ['the commit', () => flipByte(join(folder, KEYS.commit(2)), 1), `${KEYS.commit(2)} is damaged`],
    ['no commit', () => rm(join(folder, KEYS.commit(2))), `${KEYS.commit(2)} is missing`],
  ])('with damaged %s is an error that names the object', async (_, damage, message) => {
    await publish(1, [user('a')]);
    await publish(2, [user('a'), user('b')]);
    await damage();
    await expect(population()).rejects.toThrow(StoreError);
    await expect(population()).rejects.toThrow(message);
  });
});

describe('a run that publishes while the population is read', () => {
  /** Publishes the day again right after its users were found, as often as asked. */
  function publishing(runs: number) {
    const store = new FolderStore(folder);
    let [count, isDue] = [0, true];
    return watched(store, async (call, perform, key) => {
      if (call === 'read' && key.startsWith('commits/') && count < runs) isDue = true;
      if (call !== 'open' || !key.startsWith('changes/') || !isDue || count === runs) return perform();
      isDue = false;
      const at = new Date(Date.parse(`${dtOf(11)}T03:00:00Z`) + ++count * 60_000);
      await publishUsers(store, at, { users: [user(`run${count}`, ADMIN), user('a', ADMIN)] });
      return perform();
    });
  }
  const read = (runs: number) => readPopulation(publishing(runs), { dormantDays: 90, latest: dtOf(20) });

  test('does not mix two states: the store is read again', async () => {
    await publish(10, [user('a')]);
    await publish(11, [user('a')]);
    const found = await read(1);
    expect([
      found?.manifest.commit,
      found?.rows.map(({ id, admin_since, changed_dt }) => [id, admin_since, changed_dt]),
    ]).toEqual([
      3,
      [
        ['a', dtOf(11), dtOf(11)],
        ['run1', dtOf(11), dtOf(11)],
      ],
    ]);
    await expect(read(100)).rejects.toThrow('a run published during each of 5 readings. Run again');
  });
});

test('a lost manifest of any day, even the first, ends in an error: users would look newer than they are', async () => {
  for (const day of [10, 11, 12]) await publish(day, [user('a', ADMIN)]);
  for (const day of [10, 11, 12]) {
    const path = join(folder, KEYS.manifest(dtOf(day)));
    const bytes = await readFile(path);
    await rm(path);
    await expect(population()).rejects.toThrow(`${dtOf(day)} was published, but`);
    await writeFile(path, bytes);
  }
});
