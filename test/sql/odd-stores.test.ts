import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { shown } from '../support/fault-table.ts';
import { newFolder } from '../support/take.ts';
import { type Asker, answerOf, askerOf } from './ask.ts';
import { dateBefore, utcToday } from './history.ts';
import { user, writeDay, writeObject } from './synthetic.ts';

const ADMIN = { roles: ['customer-admin'] };
/** The date when the tests started. No query looks past it, so midnight may pass during the tests. */
const today = utcToday();
const ago = (days: number): string => dateBefore(today, days);

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
});

const asking = async (): Promise<Asker> => {
  const asker = await askerOf(folder);
  onTestFinished(() => asker.close());
  return asker;
};

describe('a day without a snapshot', () => {
  beforeEach(async () => {
    await writeDay(folder, ago(5), [user('a', ADMIN), user('b')]);
    await writeDay(folder, ago(4), [user('a', ADMIN), user('b')]);
    await writeDay(folder, ago(2), [user('a', ADMIN), user('c')]);
  });

  test('has no rows, and querying it is no error', async () => {
    expect(await answerOf(folder, `select * from users where dt = '${ago(3)}'`)).toEqual([]);
  });

  test('is listed in missing_days, as are the days after the last snapshot up to yesterday', async () => {
    expect(
      await answerOf(
        folder,
        `select dt, previous_dt, next_dt, run_count from missing_days where dt < '${today}' order by dt`,
      ),
    ).toEqual([
      { dt: ago(3), previous_dt: ago(4), next_dt: ago(2), run_count: 0 },
      { dt: ago(1), previous_dt: ago(2), next_dt: null, run_count: 0 },
    ]);
  });

  test('leaves current_users at the latest published day, and ends no interval in the histories', async () => {
    const { ask } = await asking();
    expect(await ask('select dt, id from current_users order by id')).toEqual([
      { dt: ago(2), id: 'a' },
      { dt: ago(2), id: 'c' },
    ]);
    expect(await ask('select id, intervals from user_history order by id')).toEqual([
      { id: 'a', intervals: [`${ago(5)}/${ago(2)}`] },
      { id: 'b', intervals: [`${ago(5)}/${ago(4)}`] },
      { id: 'c', intervals: [`${ago(2)}/${ago(2)}`] },
    ]);
    expect(await ask('select id, first_dt, last_dt, until_dt, day_count from admin_history')).toEqual([
      { id: 'a', first_dt: ago(5), last_dt: ago(2), until_dt: null, day_count: 3 },
    ]);
  });
});

describe('a snapshot without users', () => {
  test('ends the intervals in the histories and empties current_users', async () => {
    await writeDay(folder, ago(2), [user('a', ADMIN)]);
    await writeDay(folder, ago(1), []);
    const { ask } = await asking();
    expect(await ask('select * from current_users')).toEqual([]);
    expect(await ask('select id, is_present from user_history')).toEqual([{ id: 'a', is_present: false }]);
    expect(await ask('select until_dt, ended from admin_history')).toEqual([{ until_dt: ago(1), ended: 'left' }]);
    expect(await ask('select dt, user_count, row_count, rows_match from daily_counts order by dt')).toEqual([
      { dt: ago(2), user_count: 1, row_count: 1, rows_match: true },
      { dt: ago(1), user_count: 0, row_count: 0, rows_match: true },
    ]);
  });
});

describe('a day whose rows were removed, but not its manifest,', () => {
  const HISTORIES = ['user_history', 'admin_history', 'access_review'];
  const days = [
    [user('a', ADMIN), user('b')],
    [user('a', ADMIN), user('b')],
    [user('a', ADMIN), user('c', ADMIN)],
    [user('a'), user('c', ADMIN)],
  ] as const;
  /** Writes all days, one of them without its snapshot or only without its rows. */
  async function writeAllBut(gap: number, what: 'snapshot' | 'rows'): Promise<void> {
    for (const [i, users] of days.entries()) {
      if (i === gap && what === 'snapshot') continue;
      await writeDay(folder, ago(days.length - i), users);
      if (i === gap) await rm(join(folder, KEYS.json(ago(days.length - i))));
    }
  }
  const histories = async () => {
    const { ask } = await asking();
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    // One after another, because a connection streams one result at a time.
    for (const view of HISTORIES) answers.push(await ask(`select * from ${view} order by id, first_dt`));
    return answers;
  };

  test.each([0, 1, 2])(
    'counts in the histories as a day without a snapshot, on which nobody left (day %i)',
    async (gap) => {
      await writeAllBut(gap, 'rows');
      const holed = await histories();
      await rm(folder, { recursive: true });
      await writeAllBut(gap, 'snapshot');
      expect(holed).toEqual(await histories());
      expect(holed.map((rows) => rows.length)).toEqual([expect.any(Number), expect.any(Number), 2]);
    },
  );

  test('empties current_users if it is the newest day, and the histories end on the day before', async () => {
    await writeAllBut(3, 'rows');
    const { ask } = await asking();
    expect(await ask('select * from current_users')).toEqual([]);
    expect(await ask('select id, last_dt, until_dt from admin_history order by id')).toEqual([
      { id: 'a', last_dt: ago(2), until_dt: null },
      { id: 'c', last_dt: ago(2), until_dt: null },
    ]);
    expect(await ask('select id from user_history where is_present order by id')).toEqual([{ id: 'a' }, { id: 'c' }]);
    expect(await ask('select dt from daily_counts where rows_match is null')).toEqual([{ dt: ago(1) }]);
  });
});

describe('the view daily_counts', () => {
  test('reports a day whose rows and manifest differ, as they do while a second run is being promoted', async () => {
    await writeDay(folder, ago(1), [user('a'), user('b')]);
    await writeObject(folder, KEYS.json(ago(1)), [user('a')]);
    expect(await answerOf(folder, 'select user_count, row_count, rows_match from daily_counts')).toEqual([
      { user_count: 2, row_count: 1, rows_match: false },
    ]);
  });

  test('reports no mismatch for a day whose rows have expired', async () => {
    await writeDay(folder, ago(2), [user('a')]);
    await writeDay(folder, ago(1), [user('a')]);
    await rm(join(folder, KEYS.json(ago(2))));
    expect(await answerOf(folder, 'select dt, row_count, rows_match from daily_counts order by dt')).toEqual([
      { dt: ago(2), row_count: 0, rows_match: null },
      { dt: ago(1), row_count: 1, rows_match: true },
    ]);
  });
});

describe('with duplicate objects or groups', () => {
  beforeEach(async () => {
    for (const n of [3, 2, 1]) {
      await writeDay(folder, ago(n), [user('a', { ...ADMIN, groups: ['g', 'g', 'h'] }), user('b')], {
        groups: 'published',
      });
      await writeObject(folder, KEYS.groups(ago(n)), [
        { id: 'g', name: 'G' },
        { id: 'h', name: 'H' },
      ]);
      await writeObject(folder, KEYS.changes(ago(n)), [{ id: 'a', change: 'email_changed' }]);
      await writeObject(folder, KEYS.run(`run-${n}`), [{ run_id: `run-${n}`, dt: ago(n) }]);
    }
  });

  test.each(VIEWS.map(({ name }) => name).filter((name) => name !== 'daily_counts'))(
    'the view %s returns the same rows if every object exists twice',
    async (view) => {
      const before = await answerOf(folder, `select * from ${view}`);
      for (const n of [3, 2, 1])
        for (const key of [KEYS.json, KEYS.groups, KEYS.changes, KEYS.manifest].map((keyOf) => keyOf(ago(n))))
          await cp(join(folder, key), join(folder, `${key}.copy`));
      const after = await answerOf(folder, `select * from ${view}`);
      expect(after.map((row) => JSON.stringify(row)).sort()).toEqual(before.map((row) => JSON.stringify(row)).sort());
    },
  );

  test('daily_counts lists each day once and reports the surplus rows as a mismatch', async () => {
    await cp(join(folder, KEYS.json(ago(2))), join(folder, `${KEYS.json(ago(2))}.copy`));
    await cp(join(folder, KEYS.manifest(ago(1))), join(folder, `${KEYS.manifest(ago(1))}.copy`));
    expect(
      await answerOf(folder, 'select dt, user_count, row_count, rows_match from daily_counts order by dt'),
    ).toEqual([
      { dt: ago(3), user_count: 2, row_count: 2, rows_match: true },
      { dt: ago(2), user_count: 2, row_count: 4, rows_match: false },
      { dt: ago(1), user_count: 2, row_count: 2, rows_match: true },
    ]);
  });

  test('a user in several groups, or twice in one, has one row with all group names', async () => {
    expect(await answerOf(folder, `select id, group_names from current_users order by id`)).toEqual([
      { id: 'a', group_names: ['G', 'G', 'H'] },
      { id: 'b', group_names: [] },
    ]);
  });
});

describe('a day whose groups could not be downloaded', () => {
  beforeEach(async () => {
    const users = [
      user('a', { ...ADMIN, groups: ['g', 'h'], default_group: 'g' }),
      user('b', { groups: null, default_group: 'h', extra_json: '{"groups":"h"}' }),
      user('c', { groups: null }),
    ];
    await writeDay(folder, ago(1), users, { groups: 'failed' });
    await writeObject(folder, KEYS.groups(ago(1)), [{ id: 'g', name: 'of an earlier run of the day' }]);
  });

  test("shows group ids in place of names, and null if a user's groups are unknown", async () => {
    const rows = await answerOf(
      folder,
      'select id, groups, group_names, default_group, default_group_name from current_users order by id',
    );
    expect(rows).toEqual([
      { id: 'a', groups: ['g', 'h'], group_names: ['g', 'h'], default_group: 'g', default_group_name: 'g' },
      { id: 'b', groups: null, group_names: null, default_group: 'h', default_group_name: 'h' },
      { id: 'c', groups: null, group_names: null, default_group: null, default_group_name: null },
    ]);
    shown(
      'C14',
      'current_users on a day whose groups failed',
      `group_names ${JSON.stringify(rows[0]?.['group_names'])}`,
    );
  });

  test('has all of its users in every access view', async () => {
    const { ask } = await asking();
    expect(await ask('select id, group_names from access_review order by id')).toEqual([
      { id: 'a', group_names: 'g, h' },
      { id: 'b', group_names: null },
      { id: 'c', group_names: null },
    ]);
    expect(await ask('select id, group_names from current_admins')).toEqual([{ id: 'a', group_names: ['g', 'h'] }]);
    expect(await ask('select id from dormant_users order by id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  });

  test('has its counts of present and invalid values in the view snapshots', async () => {
    expect(
      await answerOf(
        folder,
        "select groups, present['lastActive'] as active, drift.invalid_values as invalid from snapshots",
      ),
    ).toEqual([{ groups: 'failed', active: 3, invalid: 0 }]);
  });
});

test('a manifest with a future date and rows without a manifest appear in no view', async () => {
  await writeDay(folder, ago(1), [user('a')]);
  await writeDay(folder, ago(-2), [user('future', ADMIN)]);
  await writeObject(folder, KEYS.json(today), [user('without a manifest', ADMIN)]);
  await writeObject(folder, KEYS.changes(today), [{ id: 'a', change: 'email_changed' }]);
  await writeObject(folder, KEYS.groups(today), [{ id: 'g', name: 'without a manifest' }]);
  const { ask } = await asking();
  for (const { name } of VIEWS) {
    const rows = JSON.stringify(await ask(`select * from ${name}`));
    for (const word of ['future', 'without a manifest', ago(-2)]) expect(rows).not.toContain(word);
    if (name !== 'missing_days') expect(rows).not.toContain(`"${today}"`);
  }
});

test('the years 0000 and 9999 break no view', async () => {
  const odd = { created_at: '0000-01-01T00:00:00.000Z', last_active: '9999-12-31T23:59:59.999Z' };
  await writeDay(folder, ago(1), [user('a', odd), user('b', { ...odd, last_active: null })]);
  expect(await answerOf(folder, 'select id, state, created_at, last_active from current_users order by id')).toEqual([
    { id: 'a', state: 'active', ...odd },
    { id: 'b', state: 'never_active', ...odd, last_active: null },
  ]);
});

test('every view can be queried over 730 days', async () => {
  const LAST = 730;
  for (let n = LAST; n >= 1; n--) {
    if (n === 400) continue;
    const users = [user('a', n % 2 === 0 ? ADMIN : {}), ...(n % 10 === 0 ? [] : [user('b')])];
    await writeDay(folder, ago(n), users);
  }
  const { ask } = await asking();
  expect(await ask('select count(*) as n from user_history')).toEqual([{ n: 2 }]);
  expect(await ask('select id, day_count, cardinality(intervals) as n from user_history order by id')).toEqual([
    { id: 'a', day_count: 729, n: 1 },
    { id: 'b', day_count: 657, n: 72 }, // absent on 73 days, among them the first and the missing day
  ]);
  expect(await ask('select count(*) as n from admin_history')).toEqual([{ n: 364 }]);
  expect(await ask('select count(*) as n, count_if(rows_match) as sound from daily_counts')).toEqual([
    { n: 729, sound: 729 },
  ]);
  expect(await ask(`select dt from missing_days where dt < '${today}'`)).toEqual([{ dt: ago(400) }]);
  for (const view of ['current_users', 'current_admins', 'dormant_users', 'never_active_users', 'access_review'])
    expect((await ask(`select count(*) as n from ${view}`))[0]?.['n']).toBeLessThan(3);
});
