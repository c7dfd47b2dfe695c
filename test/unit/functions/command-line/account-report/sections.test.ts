import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { runAt } from '../../../../support/clock.ts';
import { query } from '../../../../support/query-folder.ts';
import { advisedIn, reportTo, rowsIn, textIn } from '../../../../support/report-page.ts';
import { ended } from '../../../../support/run-documents.ts';
import { newFolder, take } from '../../../../support/take.ts';

const ADMIN = 'customer-admin';
const user = (name: string, fields: object = {}) => ({
  _id: `id-${name}`,
  createdAt: '2024-01-01T00:00:00.000Z',
  firstName: name,
  lastName: 'Example',
  email: `${name}@example.com`,
  roles: ['customer-user'],
  disabled: false,
  ownerOrganization: 'org',
  groups: ['g1'],
  defaultGroup: 'g1',
  lastActive: '2026-11-01T00:00:00.000Z',
  ...fields,
});

/** The users of each November day that has a snapshot. The 5th and 6th are missing, and the 9th was refused. */
const NOVEMBER = new Map([
  [3, [user('ada', { roles: [ADMIN] }), user('bo'), user('cy', { lastActive: '2026-01-01T00:00:00.000Z' })]],
  [
    4,
    [
      user('ada', { roles: [ADMIN] }),
      user('bo', { roles: [ADMIN] }),
      user('cy', { lastActive: '2026-01-01T00:00:00.000Z' }),
      user('di'),
    ],
  ],
  [
    7,
    [
      user('ada', { roles: [ADMIN] }),
      user('bo'),
      user('cy', { lastActive: '2026-01-01T00:00:00.000Z' }),
      user('di', { nickname: 'D' }),
    ],
  ],
  [
    8,
    [
      user('ada', { roles: [ADMIN] }),
      user('bo'),
      user('cy', { lastActive: '2026-01-01T00:00:00.000Z' }),
      user('ed', { groups: ['g1', 'g2'], email: 'ed@example.org' }),
    ],
  ],
]);
const NOW = '2026-11-09T12:00:00.000Z';
const dt = (day: number) => `2026-11-0${day}`;

let folder = '';
let html = '';
beforeAll(async () => {
  folder = await newFolder();
  const store = new FolderStore(folder);
  for (const [day, users] of NOVEMBER) {
    const at = new Date(`${dt(day)}T02:15:00.000Z`);
    const date = { date: at.toUTCString() };
    const server = await serveAnodot({
      users: answer(users, 200, date),
      groups: answer(
        [
          { _id: 'g1', name: 'Everyone' },
          { _id: 'g2', name: 'Few' },
        ],
        200,
        date,
      ),
    });
    await take({ url: server.url, store, run: { ...runAt(at), trigger: 'schedule' } });
    await server.close();
  }
  const refused = {
    ...ended('refused', 6),
    run_id: '20261109T021500Z-api',
    dt: dt(9),
    started_at: `${dt(9)}T02:15:01.000Z`,
  };
  await store.replace(KEYS.run(refused.run_id), documentBytes(refused));
  html = (await reportTo(join(await newFolder(), 'report.html'), folder, NOW)).html;
});

describe('the report', () => {
  test('begins with the number of users and administrators, and how complete the record is', () => {
    expect(textIn(html)).toMatch(
      /^4 users, 1 administrator on 2026-11-08\n4 of 7 days have a snapshot: 2 missing, 1 refused\.\n/,
    );
  });

  test('says where the newest snapshot comes from, and with which command the store is verified', async () => {
    const manifest = JSON.parse(String(await new FolderStore(folder).read(KEYS.manifest(dt(8)))));
    const verdict = textIn(html);
    for (const fact of [
      '2026-11-08, commit 4, taken by the schedule',
      manifest.source,
      'GET /api/v2/users, with a bearer token from a refresh token',
      `${manifest.response.bytes.toLocaleString('en')} bytes, dated 2026-11-08 02:15:00 UTC by the server`,
      manifest.response.sha256,
      '2026-11-09 12:00:00 UTC by version',
      'It does not prove that the store is intact.',
    ])
      expect(verdict).toContain(fact);
    expect(advisedIn(html)[0]).toMatch(/^npx anodot-user-snapshots verify --expect [0-9a-f]{64} --store /);
  });

  test('lists days without a snapshot, consecutive missing ones together, with the reason', () => {
    expect(rowsIn(html, 'days-table').slice(1)).toEqual([
      ['2026-11-09', 'refused (code 6)', 'it was refused', '1 run document'],
      ['2026-11-05 to 2026-11-06', 'missing, 2 days', 'no run started', 'no run document'],
    ]);
  });

  test('counts users by state and by role, with the day and the commit of each change', () => {
    expect(rowsIn(html, 'states-table')).toEqual([
      ['Day', 'Commit', 'Users', 'Active', 'Dormant', 'New', 'Never active', 'Disabled'],
      ['2026-11-08', '4', '4', '3', '1', '0', '0', '0'],
      ['2026-11-04', '2', '4', '3', '1', '0', '0', '0'],
      ['2026-11-03', '1', '3', '2', '1', '0', '0', '0'],
    ]);
    expect(rowsIn(html, 'roles-table').map((row) => row.slice(0, 4))).toEqual([
      ['Day', 'Commit', 'customer-admin', 'customer-user'],
      ['2026-11-08', '4', '1', '3'],
      ['2026-11-07', '3', '1', '3'],
      ['2026-11-04', '2', '2', '2'],
      ['2026-11-03', '1', '1', '2'],
    ]);
  });

  test('counts and lists joiners and leavers', () => {
    expect(textIn(html, 'joiners')).toContain('2 joined and 1 left, in the snapshots of 2026-11-04 to 2026-11-08.');
    expect(rowsIn(html, 'joiners-days').slice(1)).toEqual([
      ['2026-11-08', '4', '2026-11-07', '1', '1', '4'],
      ['2026-11-04', '2', '2026-11-03', '1', '0', '4'],
    ]);
    expect(rowsIn(html, 'joiners-people').slice(1)).toEqual([
      ['2026-11-08', '4', 'di@example.com', 'left'],
      ['2026-11-08', '4', 'ed@example.org', 'joined'],
      ['2026-11-04', '2', 'di@example.com', 'joined'],
    ]);
  });

  test('lists administrators now and over time, and marks a change that falls into missing days', () => {
    expect(rowsIn(html, 'administrators-table').slice(1)).toEqual([
      ['ada@example.com', 'ada Example', 'active', '2026-11-01', 'before 2026-11-03'],
    ]);
    expect(rowsIn(html, 'stays-table').slice(1)).toEqual([
      ['ada@example.com', 'ada Example', 'before 2026-11-03', 'now', '', ''],
      [
        ...['bo@example.com', 'bo Example', '2026-11-04, commit 2', '2026-11-07, commit 3'],
        ...['role revoked', 'end: no snapshot on 2026-11-05 to 2026-11-06'],
      ],
    ]);
  });

  test('draws a bar up to the last snapshot in which the user was an administrator', () => {
    const [, plot = ''] = html.split('id="stays-plot"');
    const titles = [...plot.matchAll(/<title>(\w+@example\.com: [^<]*)<\/title>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'ada@example.com: before 2026-11-03 to 2026-11-08 and later',
      'bo@example.com: 2026-11-04 to 2026-11-04',
    ]);
  });

  test('lists what changed in words, administrators first', () => {
    expect(rowsIn(html, 'changes-table').slice(1)).toEqual([
      ['2026-11-08', '4', 'di@example.com', 'left', '', ''],
      ['2026-11-08', '4', 'ed@example.org', 'joined', '', ''],
      ['2026-11-07', '3', 'bo@example.com', 'administrator role revoked', 'customer-admin', ''],
      ['2026-11-07', '3', 'bo@example.com', 'role added', '', 'customer-user'],
      ['2026-11-04', '2', 'bo@example.com', 'administrator role granted', '', 'customer-admin'],
      ['2026-11-04', '2', 'bo@example.com', 'role removed', 'customer-user', ''],
      ['2026-11-04', '2', 'di@example.com', 'joined', '', ''],
    ]);
  });

  test('lists dormant users with their quiet days, and groups with their members', () => {
    expect(rowsIn(html, 'dormant-table').slice(1)).toEqual([
      ['cy@example.com', 'cy Example', 'dormant', '', '2026-01-01', '2024-01-01', '311'],
    ]);
    expect(rowsIn(html, 'groups-table').slice(1)).toEqual([
      ['Everyone', 'g1', '4', '1'],
      ['Few', 'g2', '1', '0'],
    ]);
  });

  test('lists how responses differed from the documentation, now and when that changed', () => {
    expect(textIn(html, 'drift')).toContain('No difference on 2026-11-08, commit 4.');
    expect(rowsIn(html, 'drift-table')).toEqual([
      ['Day', 'Commit', 'Undocumented fields'],
      ['2026-11-08', '4', ''],
      ['2026-11-07', '3', 'nickname'],
    ]);
  });

  test('advises queries that run', async () => {
    const queries = advisedIn(html).flatMap((text) => /query .*"(.*)"$/.exec(text)?.[1] ?? []);
    expect(queries.length).toBeGreaterThan(3);
    for (const sql of new Set(queries)) expect((await query(sql, { store: folder })).code, sql).toBe(0);
  });
});
