import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../functions/snapshot/changes/change.ts';
import { compareDays, daysWithRows } from '../../functions/snapshot/changes/compare-days.ts';
import type { Manifest } from '../../functions/snapshot/commits/manifest.ts';
import { readManifests } from '../../functions/snapshot/commits/manifests.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { readStatus, type StoreStatus } from '../../functions/snapshot/status/status.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { CHANGE_FIELDS } from '../support/change-feed.ts';
import { NONE } from '../support/four-users.ts';
import { newFolder } from '../support/take.ts';
import { type Asker, askerOf } from './ask.ts';
import { changesInSql } from './changes-in-sql.ts';
import type { Rows } from './expected.ts';
import { dateBefore, publishHistory, utcToday } from './history.ts';
import { user, writeDay, writeObject } from './synthetic.ts';

/** What the views and `status` say of the same store on the same day. */
interface BothOf {
  readonly today: string;
  readonly status: StoreStatus;
  readonly counts: Rows;
  readonly missing: Rows;
}

/** Reads both again if midnight passed meanwhile. */
async function bothOf(folder: string, { ask }: Asker): Promise<BothOf> {
  for (;;) {
    const today = utcToday();
    const now = new Date();
    const status = await readStatus(new FolderStore(folder), { now, latest: today });
    const counts = await ask(
      'select dt, user_count, admin_count, joined_count, left_count from daily_counts order by dt',
    );
    const missing = await ask('select dt, run_count, last_status, last_message from missing_days order by dt');
    if (today === utcToday()) return { today, status, counts, missing };
  }
}

function expectEqual({ today, status, counts, missing }: BothOf): void {
  const counted = status.days.filter(({ dt, users }) => users !== null && dt <= today);
  expect(
    counted.map(({ dt, users, administrators, joined, left }) => ({
      ...{ dt, user_count: users, admin_count: administrators, joined_count: joined, left_count: left },
    })),
  ).toEqual(counts);
  const absent = status.days.filter(({ dt }) => status.missing_days.includes(dt));
  expect(absent.map(({ dt, runs }) => ({ dt, run_count: runs }))).toEqual(
    missing.map(({ dt, run_count }) => ({ dt, run_count })),
  );
  for (const [i, { state, message }] of absent.entries()) {
    const { last_status, last_message } = missing[i] ?? {};
    // A run that is still running in the view was killed.
    expect(state).toBe(last_status === 'running' ? 'failed' : (last_status ?? 'missing'));
    if (last_message !== null) expect(message).toBe(last_message);
  }
}

describe('over sixty days with every kind of run and change', () => {
  let folder: string;
  let asker: Asker;
  let manifests: readonly Manifest[];
  beforeAll(async () => {
    folder = await newFolder();
    const { days } = await publishHistory(new FolderStore(folder));
    asker = await askerOf(folder);
    const published = days.map(({ dt }) => dt);
    manifests = (await readManifests(new FolderStore(folder))).filter(({ dt }) => published.includes(dt));
  });
  afterAll(async () => {
    asker.close();
    await rm(folder, { recursive: true });
  });

  test('status has the figures of daily_counts and the days of missing_days', async () => {
    const both = await bothOf(folder, asker);
    expect([both.counts.length, both.missing.length]).toEqual([56, 4]);
    expectEqual(both);
  });

  test('diff of a day and the previous snapshot equals user_changes', async () => {
    let lines = 0;
    for (const [i, later] of manifests.entries()) {
      const earlier = manifests[i - 1];
      if (!earlier) continue;
      const changes = await compareDays(new FolderStore(folder), earlier, later);
      const rows = await asker.ask(`select * from user_changes where dt = '${later.dt}'`);
      expect(sorted(changes)).toEqual(sorted(rows));
      lines += rows.length;
    }
    expect(lines).toBeGreaterThan(30);
  });

  test('diff of any two days is what SQL finds between their users', async () => {
    let lines = 0;
    for (const [i, earlier] of manifests.entries()) {
      for (const later of [manifests[i + 2], manifests[i + 9], manifests[i + 37]]) {
        if (!later) continue;
        const changes = await compareDays(new FolderStore(folder), earlier, later);
        const rows = await asker.ask(changesInSql(earlier.dt, later.dt));
        expect(sorted(changes.map(withMember))).toEqual(sorted(rows));
        lines += rows.length;
      }
    }
    expect(lines).toBeGreaterThan(500);
  });
});

const sorted = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort((a, b) => rank(a[0]) - rank(b[0])))).sort();
const rank = (column: string): number => CHANGE_FIELDS.indexOf(column);

/** The role or the group that a change is about. */
function withMember({ id, change, before, after }: Change) {
  const isMember = /^(role|group|admin)_/.test(change);
  return { id, change, member: isMember ? JSON.parse(after ?? before ?? '') : null };
}

describe('over an odd store', () => {
  const ago = (days: number): string => dateBefore(utcToday(), days);
  const ADMIN = { roles: ['customer-admin'] };
  const changes = (counts: Partial<Manifest['changes']>): Partial<Manifest> => ({
    previous_dt: ago(9),
    changes: { ...NONE, ...counts },
  });
  const runOf = (dt: string, n: number, status: string, message: string | null) => ({
    ...{ run_id: `${dt.replaceAll('-', '')}T0${n}1500Z-0123abcd`, dt, trigger: 'schedule' },
    ...{ started_at: `${dt}T0${n}:15:00.000Z`, expires_at: `${dt}T0${n}:30:00.000Z`, ended_at: null },
    ...{ status, code: message === null ? null : 4, message, raw_key: null },
  });
  const recordRun = (folder: string, ...call: Parameters<typeof runOf>) => {
    const document = runOf(...call);
    return writeObject(folder, KEYS.run(document.run_id), [document]);
  };

  test.each<[string, (folder: string) => Promise<void>]>([
    [
      'with gaps of several days, one before today',
      async (folder) => {
        for (const n of [9, 8, 4])
          await writeDay(folder, ago(n), [user('a', ADMIN), user(`b${n}`)], changes({ joined: 1, left: 1 }));
      },
    ],
    [
      'with a day without users, and one whose rows were removed',
      async (folder) => {
        for (const n of [3, 2, 1]) await writeDay(folder, ago(n), n === 2 ? [] : [user('a')], changes({ left: n }));
        await rm(join(folder, KEYS.json(ago(3))));
      },
    ],
    [
      'with failed, killed and no runs on missing days, and a failed one on a published day',
      async (folder) => {
        for (const n of [9, 1]) await writeDay(folder, ago(n), [user('a')]);
        await recordRun(folder, ago(7), 1, 'failed', 'first');
        await recordRun(folder, ago(7), 2, 'failed', 'second');
        await recordRun(folder, ago(6), 1, 'failed', 'first');
        await recordRun(folder, ago(6), 2, 'running', null);
        await recordRun(folder, ago(5), 1, 'refused', 'by the gate');
        await recordRun(folder, ago(1), 9, 'failed', 'later');
        await recordRun(folder, ago(12), 1, 'failed', 'before the first snapshot');
      },
    ],
    [
      'with a manifest of tomorrow',
      async (folder) => {
        for (const n of [2, -2]) await writeDay(folder, ago(n), [user('a')]);
      },
    ],
    ['with a snapshot of today alone', (folder) => writeDay(folder, ago(0), [user('a', ADMIN)])],
  ])('%s, status and the views say the same', async (_, fill) => {
    const folder = await newFolder();
    onTestFinished(() => rm(folder, { recursive: true }));
    await fill(folder);
    const asker = await askerOf(folder);
    onTestFinished(() => asker.close());
    const both = await bothOf(folder, asker);
    expect(both.counts.length).toBeGreaterThan(0);
    expectEqual(both);
  });

  test('diff finds no users on the days whose rows were removed, which are those that SQL finds empty', async () => {
    const folder = await newFolder();
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const n of [3, 2, 1]) await writeDay(folder, ago(n), [user('a')]);
    await rm(join(folder, KEYS.json(ago(2))));
    const asker = await askerOf(folder);
    onTestFinished(() => asker.close());
    const found = await daysWithRows(new FolderStore(folder), [3, 2, 1].map(ago));
    expect(found.map((dt) => ({ dt }))).toEqual(await asker.ask('select distinct dt from users order by dt'));
  });
});
