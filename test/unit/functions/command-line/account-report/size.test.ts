import { describe, expect, test } from 'vitest';
import { Commands } from '../../../../../functions/command-line/account-report/commands.ts';
import { MOST_ROWS } from '../../../../../functions/command-line/account-report/report-input.ts';
import { reportPage } from '../../../../../functions/command-line/account-report/report-page.ts';
import { pageText } from '../../../../../functions/command-line/page/page.ts';
import type { Change } from '../../../../../functions/snapshot/changes/change.ts';
import type { Manifest } from '../../../../../functions/snapshot/commits/manifest.ts';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { CHANGES } from '../../../../../functions/snapshot/contract.ts';
import type {
  AdministratorStay,
  Limited,
  ListedUser,
  Overview,
} from '../../../../../functions/snapshot/overview/overview.ts';
import { readOverview } from '../../../../../functions/snapshot/overview/read-overview.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { addDays } from '../../../../../functions/snapshot/utc-day.ts';
import { newAccount } from '../../../../support/account-days.ts';
import { rowsIn, textIn } from '../../../../support/report-page.ts';

const FIRST = '2025-10-20';
const LIMIT = 500_000;

/** A list as long as the report lets it be, of many more. */
const full = <Item>(item: (n: number) => Item): Limited<Item> => ({
  items: Array.from({ length: MOST_ROWS }, (_, n) => item(n)),
  total: 100_000,
});

const person = (n: number) => ({
  id: n.toString(16).padStart(24, '0'),
  email: `given${n}.familyname${n}@customer.example.com`,
  first_name: `Given${n}`,
  last_name: `Familyname${n}`,
});

const listed = (n: number): ListedUser => ({
  ...person(n),
  state: 'dormant',
  is_admin: true,
  last_active: '2025-01-01T00:00:00.000Z',
  created_at: '2024-01-01T00:00:00.000Z',
  quiet_days: 400 - n,
});

const stay = (n: number): AdministratorStay => ({
  ...person(n),
  from: { dt: addDays(FIRST, n % 80), commit: 1 + (n % 80) },
  from_is_exact: false,
  until: { dt: addDays(FIRST, 5 + (n % 80)), commit: 6 + (n % 80) },
  until_is_exact: false,
  ended: 'revoked',
  missing_before_from: [],
  missing_before_until: [],
});

/** A day of a real manifest, whose figures differ from those of the day before. */
const day = (manifest: Manifest, n: number): Manifest => ({
  ...manifest,
  dt: addDays(FIRST, n),
  commit: n + 1,
  user_count: 100_000 + n,
  admin_count: 5000 + n,
  states: { active: 90_000 + n, dormant: 5000, new: 1000 + n, never_active: 3000, disabled: 1000 },
  roles: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`customer-role-number-${i}`, 1000 * i + n])),
  previous_dt: addDays(FIRST, n - 1),
  changes: { ...noChanges(), joined: 10 + n, left: 9 },
});

const noChanges = (): { [kind in (typeof CHANGES)[number]]: number } => ({
  ...{
    joined: 0,
    left: 0,
    disabled: 0,
    enabled: 0,
    admin_granted: 0,
    admin_revoked: 0,
    role_added: 0,
    role_removed: 0,
  },
  ...{ group_added: 0, group_removed: 0, default_group_changed: 0, email_changed: 0, name_changed: 0 },
});

const change = (n: number, dt: string): Change => ({
  ...{ dt, previous_dt: dt, previous_observed_at: dt, observed_at: dt },
  ...{ id: person(n).id, email: person(n).email, change: CHANGES[n % CHANGES.length] ?? 'joined' },
  ...{
    before: JSON.stringify(`before.${n}@customer.example.com`),
    after: JSON.stringify(`after.${n}@customer.example.com`),
  },
});

async function fullPage(days: number): Promise<string> {
  const account = await newAccount();
  await account.at(`${FIRST}T02:15:00.000Z`, [{ _id: 'a' }]);
  const now = new Date(`${addDays(FIRST, days)}T12:00:00.000Z`);
  const store = new FolderStore(account.folder);
  const real = await readOverview(store, { now, latest: FIRST, since: FIRST, most: MOST_ROWS });
  const [manifest] = await readManifests(store);
  if (!real || !manifest) throw new Error('there is no snapshot');
  const manifests = Array.from({ length: days }, (_, n) => day(manifest, n));
  const newest = manifests.at(-1) ?? manifest;
  const overview: Overview = {
    ...real,
    days: manifests,
    until: newest.dt,
    users: {
      administrators: full(listed),
      dormant: full(listed),
      groups: full((n) => ({ ...person(n), name: `Group number ${n}`, members: 1000 - n, administrators: n })),
      unknown_groups: 0,
    },
    stays: full(stay),
    changes: full((n) => ({ dt: newest.dt, commit: newest.commit, change: change(n, newest.dt) })),
    joiners: full((n) => ({ dt: newest.dt, commit: newest.commit, change: change(n, newest.dt) })),
  };
  return pageText(
    reportPage({ overview, newest, now, commands: new Commands('npx anodot-user-snapshots', './store') }),
  );
}

describe('the report stays below 500 kB', () => {
  test('for 90 days on each of which every figure changes, with every list as long as it can be', async () => {
    const html = await fullPage(90);
    expect(html.length).toBeLessThan(LIMIT);
    expect(Buffer.byteLength(html)).toBeGreaterThan(LIMIT / 4);
  });

  test('and for 400 days, below twice that', async () => {
    expect((await fullPage(400)).length).toBeLessThan(2 * LIMIT);
  });
});

test('a table that is cut says how many rows there are, and which command lists all of them', async () => {
  const html = await fullPage(90);
  for (const [id, section, command] of [
    ['administrators-table', 'administrators', 'select * from current_admins order by email'],
    ['stays-table', 'administrators', 'select * from admin_history order by first_dt, email'],
    ['changes-table', 'changes', `changes --since ${FIRST} --store ./store`],
    ['dormant-table', 'dormant', 'select * from dormant_users order by quiet_days desc'],
    ['groups-table', 'groups', 'npx anodot-user-snapshots query --store ./store'],
  ] as const) {
    expect(rowsIn(html, id)).toHaveLength(MOST_ROWS + 1);
    expect(textIn(html, section)).toContain(
      `Shows ${MOST_ROWS} of 100,000 rows. For all of them: npx anodot-user-snapshots `,
    );
    expect(textIn(html, section)).toContain(command);
  }
  expect(textIn(html, 'administrators')).toContain('The plot shows the first 40 of them.');
  expect(textIn(html, 'roles')).toContain('The page shows 8 of 20 roles.');
});
