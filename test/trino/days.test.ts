import { expect, inject, test } from 'vitest';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { dateBefore } from '../sql/history.ts';
import { ask, onOneDay } from './ask.ts';

const PARTITIONED = TABLES.filter(({ partitioned }) => partitioned).map(({ name }) => name);
/** The views with one row per user. */
const OF_USERS = [
  ...['current_users', 'current_admins', 'dormant_users', 'never_active_users', 'user_history', 'access_review'],
];

/** A day without a snapshot between two published days. */
function gap(): string {
  const { days } = inject('deployed');
  const before = days.find((dt) => !days.includes(dateBefore(dt, -1)));
  if (before === undefined) throw new Error('the history has no gap');
  return dateBefore(before, -1);
}

test.each(PARTITIONED)(
  'a day without an object has no rows in the table %s, and querying it is no error',
  async (table) => {
    const { days } = inject('deployed');
    for (const dt of [gap(), dateBefore(days[0] ?? '', 3), '1999-12-31', 'yesterday', ''])
      expect((await ask(`select * from ${table} where dt = '${dt}'`)).rows).toEqual([]);
  },
);

test('a day in the future has no rows, even if it has an object', async () => {
  await onOneDay(async (today) => {
    expect((await ask(`select * from users where dt = '${dateBefore(today, -3)}'`)).rows).toEqual([]);
    const { rows } = await ask(`select dt from snapshots where dt > '${today}'`);
    expect(rows).toEqual([{ dt: dateBefore(today, -3) }]);
  });
});

test('current_users shows the latest published day, even if a later run died after promoting its rows', async () => {
  const { days } = inject('deployed');
  await onOneDay(async (today) => {
    const latest = days.at(-1);
    expect((await ask('select distinct dt from current_users')).rows).toEqual([{ dt: latest }]);
    expect((await ask(`select count(*) > 0 as found from users where dt = '${today}'`)).rows).toEqual([
      { found: true },
    ]);
  });
});

test('missing_days lists a day without a snapshot between two published days', async () => {
  const { rows } = await ask('select dt from missing_days order by dt');
  expect(rows.map(({ dt }) => dt)).toContain(gap());
});

test.each(OF_USERS)('the view %s has one row for each user', async (view) => {
  const { rows } = await ask(`select count(*) as lines, count(distinct id) as users, count(id) as ids from ${view}`);
  const [{ lines, users, ids } = {}] = rows;
  expect(lines).toBeGreaterThan(0);
  expect([users, ids]).toEqual([lines, lines]);
});
