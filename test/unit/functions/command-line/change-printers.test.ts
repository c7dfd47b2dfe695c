import { describe, expect, test } from 'vitest';
import {
  CHANGE_PRINTERS,
  type ChangeFormat,
  type ChangesOfDay,
} from '../../../../functions/command-line/change-printers.ts';
import type { Change } from '../../../../functions/snapshot/changes/change.ts';

const change = (id: string, kind: Change['change'], fields: Partial<Change> = {}): Change => ({
  dt: '2026-11-23',
  previous_dt: '2026-11-22',
  previous_observed_at: '2026-11-22T02:15:00.000Z',
  observed_at: '2026-11-23T02:15:00.000Z',
  id,
  email: `${id}@example.com`,
  change: kind,
  before: null,
  after: null,
  ...fields,
});

const dayOf = (changes: readonly Change[], names: readonly (readonly [string, string])[] = []): ChangesOfDay => ({
  changes: async function* () {
    yield* changes;
  },
  hasAdministrators: changes.some(({ change: kind }) => kind.startsWith('admin_')),
  groupNames: async () => new Map(names),
});

async function printed(format: ChangeFormat, ...days: readonly ChangesOfDay[]): Promise<string> {
  let text = '';
  for await (const piece of CHANGE_PRINTERS[format](days)) text += piece;
  return text;
}

const ADMIN = '"customer-admin"';
const FEED = [
  change('a', 'joined'),
  change('b', 'admin_revoked', { before: ADMIN }),
  change('c', 'role_added', { after: '"customer-user"' }),
  change('d', 'admin_granted', { after: ADMIN }),
];

describe('changes as text', () => {
  test('list administrators first within each day, and everything else in the order of the feed', async () => {
    const next = FEED.map((one) => ({ ...one, dt: '2026-11-24' }));
    const lines = (await printed('text', dayOf(FEED), dayOf(next))).split('\n');
    expect(lines.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
      ...['admin_revoked', 'admin_granted', 'joined', 'role_added'].map((kind) => `2026-11-23 ${kind}`),
      ...['admin_revoked', 'admin_granted', 'joined', 'role_added'].map((kind) => `2026-11-24 ${kind}`),
      '',
    ]);
  });

  test('show groups by name, and by id if the name is unknown', async () => {
    const feed = [
      change('a', 'default_group_changed', { before: '"g1"', after: '"g2"' }),
      change('a', 'group_added', { after: '"g1"' }),
      change('a', 'group_removed', { before: '"g2"' }),
    ];
    expect(await printed('text', dayOf(feed, [['g1', 'Sales, EMEA']]))).toBe(
      '2026-11-23  default_group_changed  a@example.com  Sales, EMEA -> g2\n' +
        '2026-11-23  group_added            a@example.com  Sales, EMEA\n' +
        '2026-11-23  group_removed          a@example.com  g2\n',
    );
  });

  test('never take a role, an address or a name for the id of a group', async () => {
    const feed = [
      change('a', 'email_changed', { before: '"g1"', after: '"g2"' }),
      change('a', 'name_changed', { before: '{"first_name":"g1","last_name":null}', after: null }),
      change('a', 'role_added', { after: '"g1"' }),
    ];
    const text = await printed('text', dayOf(feed, [['g1', 'Sales']]));
    expect(text).not.toContain('Sales');
    expect(text.match(/g1/g)).toHaveLength(3);
  });

  test('keep their columns with wide and right-to-left text, and an address of any length moves only its own line', async () => {
    const emails = ['小林@example.com', 'שלום@example.com', 'a@example.com', `${'x'.repeat(10_000)}@example.com`];
    const feed = emails.map((email) => change('a', 'role_added', { email, after: '"role"' }));
    const lines = (await printed('text', dayOf(feed))).trimEnd().split('\n');
    const short = lines.slice(0, 3).map((line) => line.replace('小林', 'wide').indexOf('role', 25));
    expect(new Set(short)).toEqual(new Set([12 + 12 + 60 + 2]));
    expect(lines[3]?.length).toBe(12 + 12 + 10_012 + 2 + 4);
  });

  test('hold no row: each is printed before the next is read', async () => {
    const ROWS = 5_000;
    let read = 0;
    const day: ChangesOfDay = {
      changes: async function* () {
        for (read = 0; read < ROWS; read++) yield change(String(read), 'joined');
      },
      hasAdministrators: false,
      groupNames: async () => new Map(),
    };
    for (const format of ['text', 'json', 'csv'] as const) {
      let rows = 0;
      for await (const piece of CHANGE_PRINTERS[format]([day])) {
        if (piece.includes('2026-11-23')) expect(read).toBe(rows++);
      }
      expect(rows).toBe(ROWS);
    }
  });
});

describe('changes as JSON and CSV', () => {
  test('keep the order of the feed and the ids of groups', async () => {
    const feed = [...FEED, change('e', 'group_added', { after: '"g1"' })];
    const day = dayOf(feed, [['g1', 'Sales']]);
    expect(JSON.parse(await printed('json', day))).toEqual(feed);
    const rows = (await printed('csv', day)).split('\r\n').slice(1, -1);
    expect(rows.map((row) => row.split(',')[2])).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rows[4]).toContain('"""g1"""');
  });
});
