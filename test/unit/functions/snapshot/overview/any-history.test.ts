import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import type { AdministratorStay, Overview } from '../../../../../functions/snapshot/overview/overview.ts';
import { readOverview } from '../../../../../functions/snapshot/overview/read-overview.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { isAdministrator } from '../../../../../functions/snapshot/user-state.ts';
import { askerOf } from '../../../../sql/ask.ts';
import type { Rows } from '../../../../sql/expected.ts';
import { publishRows } from '../../../../support/published-rows.ts';
import { newFolder } from '../../../../support/take.ts';
import { history } from '../../../../support/user-histories.ts';

/** What the overview says of any history, compared with the views over the same folder and with the rows themselves. */

const dtOf = (n: number): string => new Date(Date.UTC(2026, 1, 1 + n)).toISOString().slice(0, 10);
const TIMES = ['2025-09-01', '2025-10-31', '2025-11-05', '2025-12-24', '2026-01-31'].map((dt) => `${dt}T10:00:00.000Z`);
const time = fc.option(fc.constantFrom(...TIMES), { nil: null, freq: 3 });

/** Days without unknown roles, groups or `disabled`, on dates with gaps. */
const datedHistory = history.chain((days) =>
  fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: days.length, maxLength: days.length }),
      fc.array(time, { minLength: 28, maxLength: 28 }),
    )
    .map(([gaps, times]) => {
      let n = 0;
      return days.map((users, i) => {
        n += gaps[i] ?? 1;
        return {
          dt: dtOf(n),
          users: users.map(
            (row, j): User => ({
              ...row,
              roles: row.roles ?? [],
              groups: row.groups ?? [],
              disabled: row.disabled ?? false,
              owner_organization: 'o1',
              created_at: times[j] ?? null,
              last_active: times[j + 14] ?? null,
            }),
          ),
        };
      });
    }),
);
type Days = typeof datedHistory extends fc.Arbitrary<infer T> ? T : never;

async function published(days: Days): Promise<string> {
  const folder = await newFolder();
  for (const { dt, users } of days)
    await publishRows(new FolderStore(folder), { at: new Date(`${dt}T02:15:00.000Z`), users });
  return folder;
}

async function overviewOf(folder: string, since = '2026-01-01'): Promise<Overview> {
  const store = new FolderStore(folder);
  const overview = await readOverview(store, { now: new Date('2026-03-01'), latest: '2026-03-01', since, most: 1000 });
  if (!overview) throw new Error('there is a snapshot');
  return overview;
}

const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const stayRow = ({ id, email, first_name, last_name, from, until, ended }: AdministratorStay, first: string) => ({
  ...{ id, email, first_name, last_name, first_dt: from?.dt ?? first, until_dt: until?.dt ?? null, ended },
});

async function expectViews(folder: string, overview: Overview): Promise<void> {
  const first = overview.days[0]?.dt ?? '';
  const asker = await askerOf(folder);
  const ask = (sql: string): Promise<Rows> => asker.ask(sql);
  try {
    const stays = await ask(`select id, email, first_name, last_name, first_dt, until_dt, ended from admin_history`);
    expect(sorted(overview.stays.items.map((stay) => stayRow(stay, first)))).toEqual(sorted(stays));
    const counts = await ask(
      'select dt, user_count, admin_count, joined_count, left_count from daily_counts order by dt',
    );
    expect(
      overview.days.map(({ dt, user_count, admin_count, changes }) => ({
        ...{ dt, user_count, admin_count },
        ...{ joined_count: changes?.joined ?? null, left_count: changes?.left ?? null },
      })),
    ).toEqual(counts);
    const dormant = await ask('select id, email, state, quiet_days, is_admin from dormant_users');
    const listed = overview.users?.dormant.items ?? [];
    expect(
      sorted(listed.map(({ id, email, state, quiet_days, is_admin }) => ({ id, email, state, quiet_days, is_admin }))),
    ).toEqual(sorted(dormant));
    const quiet = listed.map(({ quiet_days }) => quiet_days ?? -1);
    expect(quiet).toEqual(quiet.toSorted((a, b) => b - a));
    const feed = await ask('select count(*) as n from user_changes');
    expect([{ n: overview.changes.total }]).toEqual(feed);
    expect(overview.changes.items).toHaveLength(overview.changes.total);
  } finally {
    asker.close();
  }
}

test('stays, counts per day, dormant users and changes equal the views over the same folder, with missing days', async () => {
  await fc.assert(
    fc.asyncProperty(datedHistory, async (days) => {
      const folder = await published(days);
      try {
        const overview = await overviewOf(folder);
        expect(overview.uncertain_stays).toEqual([]);
        expect(overview.stays.items.filter((stay) => !stay.from_is_exact || !stay.until_is_exact)).toEqual([]);
        if (overview.days.some(({ user_count }) => user_count > 0)) await expectViews(folder, overview);
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: 10 },
  );
});

/** Whether a user was an administrator on each day. */
const wasAdministrator = (days: Days, dt: string | undefined, id: string): boolean =>
  days.find((day) => day.dt === dt)?.users.some((user) => user.id === id && isAdministrator(user)) ?? false;

function expectTrue(days: Days, { id, ...stay }: AdministratorStay): void {
  const dayBefore = (dt: string) => days.findLast((day) => day.dt < dt)?.dt;
  if (stay.from) {
    expect(wasAdministrator(days, stay.from.dt, id)).toBe(true);
    if (stay.from_is_exact) expect(wasAdministrator(days, dayBefore(stay.from.dt), id)).toBe(false);
  }
  if (!stay.from) expect(wasAdministrator(days, days[0]?.dt, id)).toBe(true);
  if (stay.until && stay.until_is_exact) {
    expect(wasAdministrator(days, stay.until.dt, id)).toBe(false);
    expect(wasAdministrator(days, dayBefore(stay.until.dt), id)).toBe(true);
  }
  if (!stay.until) expect(wasAdministrator(days, days.at(-1)?.dt, id)).toBe(true);
  const within = days.filter(({ dt }) => dt >= (stay.from?.dt ?? '') && dt < (stay.until?.dt ?? '9'));
  if (stay.from_is_exact && stay.until_is_exact)
    for (const { dt } of within) expect(wasAdministrator(days, dt, id)).toBe(true);
}

test('if some change feeds or the newest users have expired, no stay claims an exact day that is wrong, and gaps are listed', async () => {
  const losses = fc.tuple(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), fc.boolean());
  await fc.assert(
    fc.asyncProperty(datedHistory, losses, async (days, [expired, isNewestExpired]) => {
      const folder = await published(days);
      try {
        const whole = await overviewOf(folder);
        for (const [i, { dt }] of days.entries()) if (expired[i]) await rm(join(folder, KEYS.changes(dt)));
        if (isNewestExpired) await rm(join(folder, KEYS.json(days.at(-1)?.dt ?? '')));
        const overview = await overviewOf(folder);
        expect(overview.users === null).toBe(isNewestExpired && (days.at(-1)?.users.length ?? 0) > 0);
        for (const stay of overview.stays.items) expectTrue(days, stay);
        const facts = (stays: readonly AdministratorStay[]) =>
          stays.map(({ id, from, until }) => ({ id, from, until }));
        if (
          overview.uncertain_stays.length === 0 &&
          overview.stays.items.every((stay) => stay.from_is_exact && stay.until_is_exact)
        )
          expect(sorted(facts(overview.stays.items))).toEqual(sorted(facts(whole.stays.items)));
        const gone = days.filter((_, i) => i > 0 && expired[i]).map(({ dt }) => dt);
        expect(overview.unknown_changes.map(({ dt }) => dt)).toEqual([days[0]?.dt, ...gone]);
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: 15 },
  );
});

test('a period that begins later has the stays of the whole history that reach into it', async () => {
  await fc.assert(
    fc.asyncProperty(datedHistory, fc.nat(6), async (days, n) => {
      const folder = await published(days);
      try {
        const since = days[Math.min(n, days.length - 1)]?.dt ?? '';
        const [whole, part] = [await overviewOf(folder), await overviewOf(folder, since)];
        const reaching = whole.stays.items.filter(({ until }) => until === null || until.dt >= since);
        const cut = reaching.map((stay) => ({ ...stay, from: (stay.from?.dt ?? '') < since ? null : stay.from }));
        const facts = ({ id, email, from, until, ended }: AdministratorStay) => ({ id, email, from, until, ended });
        expect(sorted(part.stays.items.map(facts))).toEqual(sorted(cut.map(facts)));
        expect(part.uncertain_stays).toEqual([]);
        expect(part.changes.items).toEqual(whole.changes.items.filter(({ dt }) => dt >= since));
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: 8 },
  );
});
