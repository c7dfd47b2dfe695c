import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOLDERS, KEYS } from '../../../../../functions/snapshot/contract.ts';
import { readPopulation } from '../../../../../functions/snapshot/review/population.ts';
import type { ReviewRow } from '../../../../../functions/snapshot/review/review-document.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { addDays } from '../../../../../functions/snapshot/utc-day.ts';
import { answerOf } from '../../../../sql/ask.ts';
import type { Rows } from '../../../../sql/expected.ts';
import { publishHistory } from '../../../../sql/history.ts';
import { publishUsers } from '../../../../support/published-users.ts';
import { newFolder } from '../../../../support/take.ts';
import { history } from '../../../../support/user-histories.ts';

/** For any history, the population has the rows of the view access_review, whatever was missed, published again, unknown or removed. */

const FIRST = '2026-11-01';
const DAYS = 9;
const LATEST = '2026-11-20';
const dtOf = (n: number): string => addDays(FIRST, n);

const GROUPS = [
  { id: 'g1', name: 'Sales', created_at: null, modified_at: null },
  { id: 'g2', name: '', created_at: null, modified_at: null },
  { id: 'customer-admin', name: 'a, b', created_at: null, modified_at: null },
];
const day = fc.nat({ max: DAYS - 1 });
const EXPIRING = ['json', 'csv', 'changes', 'groups'] as const;
const removal = fc.record({
  day,
  kinds: fc.oneof(fc.constant(EXPIRING), fc.subarray([...EXPIRING], { minLength: 1, maxLength: 1 })),
});

/** Each account is published on a day, usually later than the one before. After some, objects of a day are removed. */
const story = history.chain((accounts) =>
  fc.record({
    accounts: fc.constant(accounts),
    days: fc.oneof(
      fc.array(day, { minLength: accounts.length, maxLength: accounts.length }).map((all) => all.toSorted()),
      fc.array(day, { minLength: accounts.length, maxLength: accounts.length }),
    ),
    withGroups: fc.array(fc.boolean(), { minLength: accounts.length, maxLength: accounts.length }),
    removals: fc.array(fc.option(removal, { freq: 2 }), { minLength: accounts.length, maxLength: accounts.length }),
  }),
);
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

async function publish(folder: string, { accounts, days, withGroups, removals }: Story): Promise<void> {
  for (const [i, users] of accounts.entries()) {
    const at = new Date(`${dtOf(days[i] ?? 0)}T02:15:00.${String(i).padStart(3, '0')}Z`);
    const ours = users.map((user) => ({ ...user, owner_organization: 'o1' })); // the gate refuses users of two
    await publishUsers(new FolderStore(folder), at, { users: ours, groups: withGroups[i] ? GROUPS : undefined });
    const removed = removals[i];
    for (const kind of removed?.kinds ?? [])
      await rm(join(folder, KEYS[kind](dtOf(removed?.day ?? 0))), { force: true });
  }
}

/** The view as it would have been on this day. */
async function viewOn(folder: string, dt: string): Promise<Rows> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  for (const top of [FOLDERS.manifests, FOLDERS.users, FOLDERS.changes, FOLDERS.groups])
    for (const key of await new FolderStore(copy).list(top)) {
      const [of = ''] = /\d{4}-\d\d-\d\d/.exec(key) ?? [];
      if (of > dt) await rm(join(copy, key));
    }
  const rows = await answerOf(copy, 'select * from access_review');
  await rm(copy, { recursive: true });
  return rows;
}

const COLUMNS = [
  ...['dt', 'id', 'email', 'first_name', 'last_name', 'state', 'is_admin', 'admin_since', 'roles', 'group_names'],
  ...['created_at', 'last_active', 'quiet_days', 'first_dt', 'changed_dt', 'changes'],
];
const comparable = (rows: readonly ReviewRow[] | Rows): string[] =>
  rows
    .map((row) => JSON.stringify(COLUMNS.map((column) => new Map<string, unknown>(Object.entries(row)).get(column))))
    .sort();

async function stillHasUsers(folder: string, dt: string): Promise<boolean> {
  return (await new FolderStore(folder).list(FOLDERS.users)).includes(KEYS.json(dt));
}

describe('for any history', () => {
  test('the population of each day equals access_review as it would have been on that day', async () => {
    let [compared, refused, rows] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const folder = await newFolder();
        await publish(folder, told);
        for (const dt of [...new Set([Math.max(...told.days), told.days[0] ?? 0])].map(dtOf)) {
          const asked = { dt, dormantDays: 90, latest: LATEST };
          if (await stillHasUsers(folder, dt)) {
            const population = await readPopulation(new FolderStore(folder), asked);
            expect(comparable(population?.rows ?? [])).toEqual(comparable(await viewOn(folder, dt)));
            compared++;
            rows += population?.rows.length ?? 0;
          } else {
            await expect(readPopulation(new FolderStore(folder), asked)).rejects.toThrow(
              `${dt} has no users any more: they have expired or were removed. `,
            );
            refused++;
          }
        }
        await rm(folder, { recursive: true });
      }),
      { numRuns: Number(process.env['RUNS'] ?? 25), endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(0);
    expect(rows).toBeGreaterThan(50);
  });
});

describe('over sixty days with every kind of run, change and odd account', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await newFolder();
    await publishHistory(new FolderStore(folder), { today: '2026-11-20' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([0, 13, 19])(
    'the population %i days before the last one equals access_review on that day',
    async (days) => {
      const dt = addDays('2026-11-19', -days);
      const population = await readPopulation(new FolderStore(folder), { dt, dormantDays: 90, latest: LATEST });
      expect(population?.rows.length).toBeGreaterThan(40);
      expect(comparable(population?.rows ?? [])).toEqual(comparable(await viewOn(folder, dt)));
    },
  );
});
