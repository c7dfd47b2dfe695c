import { appendFile, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { type Ended, runCommand } from '../../../../support/command.ts';
import { shown } from '../../../../support/fault-table.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { newFolder, take } from '../../../../support/take.ts';

type Record = { readonly [field: string]: unknown };

const user = (id: string, fields: Record = {}): Record => ({
  _id: id,
  createdAt: '2026-01-05T09:00:00.000Z',
  firstName: `First ${id}`,
  lastName: 'Last',
  email: `${id}@example.com`,
  roles: ['customer-user'],
  disabled: false,
  ownerOrganization: 'organization',
  groups: [],
  defaultGroup: '',
  ...fields,
});

/** Steers a terminal in every way: escape, the one-byte CSI, a title, a backspace, a line of its own. */
const HOSTILE = 'Eve\u001b[31m\u009b2J\u001b]0;owned\u0007\b\u007f\r\n\u2028line';
const DAYS: readonly (readonly [dt: string, users: readonly Record[]])[] = [
  ['2026-11-20', [user('a'), user('b'), user('c')]],
  ['2026-11-21', [user('a', { roles: ['customer-admin', 'customer-user'] }), user('b'), user('c', { email: null })]],
  [
    '2026-11-24',
    [
      user('a', { roles: ['customer-admin'], email: '=HYPERLINK("https://example.com","x")' }),
      user('c', { email: '小林@example.com', lastName: 'Said "no", then\nleft', disabled: true }),
      user('d', { roles: ['customer-admin'], firstName: HOSTILE, email: `${HOSTILE}@example.com` }),
    ],
  ],
  [
    '2026-11-25',
    [
      user('a', {
        roles: ['customer-admin'],
        email: '=HYPERLINK("https://example.com","x")',
        groups: ['-1+1', `g${HOSTILE}`],
      }),
      user('c', { email: '小林@example.com', lastName: 'Said "no", then\nleft', defaultGroup: 'g1' }),
      user('d', { roles: ['customer-user'], firstName: '+SUM(1)', lastName: HOSTILE, email: '@evil' }),
    ],
  ],
];

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  let [now, users]: [Date, readonly Record[]] = [new Date(), []];
  const server = await serveAnodot({ users: (...call) => answer(users, 200, { date: now.toUTCString() })(...call) });
  for (const [dt, answered] of DAYS) {
    [now, users] = [new Date(`${dt}T02:15:00Z`), answered];
    await take({ url: server.url, store: new FolderStore(folder), run: { startedAt: now, now: () => now } });
  }
  await server.close();
});
afterAll(() => rm(folder, { recursive: true }));

const changes = (place: string, ...words: string[]): Promise<Ended> =>
  runCommand(['changes', '--store', place, ...words], { cwd: place });
const jsonOf = async (...words: string[]): Promise<Record[]> => {
  const { code, out, err } = await changes(folder, '--format', 'json', ...words);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
};
const summarized = (lines: readonly Record[]) => lines.map(({ dt, id, change }) => [dt, id, change].join(' '));

/** All changes, as day, id and kind. */
const ALL = [
  '2026-11-21 a admin_granted',
  '2026-11-21 c email_changed',
  '2026-11-24 a email_changed',
  '2026-11-24 a role_removed',
  '2026-11-24 b left',
  '2026-11-24 c disabled',
  '2026-11-24 c email_changed',
  '2026-11-24 c name_changed',
  '2026-11-24 d admin_granted',
  '2026-11-24 d joined',
  '2026-11-25 a group_added',
  '2026-11-25 a group_added',
  '2026-11-25 c default_group_changed',
  '2026-11-25 c enabled',
  '2026-11-25 d admin_revoked',
  '2026-11-25 d email_changed',
  '2026-11-25 d name_changed',
  '2026-11-25 d role_added',
];

describe('changes as JSON', () => {
  test('are one array of the lines of the feeds, complete and exact, in the order of the days', async () => {
    const lines = await jsonOf();
    expect(summarized(lines)).toEqual(ALL);
    expect(lines[1]).toEqual({
      dt: '2026-11-21',
      previous_dt: '2026-11-20',
      previous_observed_at: '2026-11-20T02:15:00.000Z',
      observed_at: '2026-11-21T02:15:00.000Z',
      id: 'c',
      email: null,
      change: 'email_changed',
      before: '"c@example.com"',
      after: null,
    });
    expect(lines[2]).toMatchObject({ dt: '2026-11-24', previous_dt: '2026-11-21' });
    expect(lines.find(({ change }) => change === 'joined')?.['email']).toBe(`${HOSTILE}@example.com`);
  });

  test('are an empty array if nothing changed', async () => {
    expect(await jsonOf('--only', 'admin_granted', '--since', '2026-11-25')).toEqual([]);
  });
});

describe('--since and --until', () => {
  test.each<[string[], string[]]>([
    [['--since', '2026-11-24'], ALL.slice(2)],
    [['--since', '2026-11-22'], ALL.slice(2)],
    [['--until', '2026-11-21'], ALL.slice(0, 2)],
    [['--until', '2026-11-23'], ALL.slice(0, 2)],
    [['--since', '2026-11-21', '--until', '2026-11-21'], ALL.slice(0, 2)],
    [['--since=2026-11-22', '--until=2026-11-24'], ALL.slice(2, 10)],
  ])('include both ends, as in %j', async (words, expected) => {
    expect(summarized(await jsonOf(...words))).toEqual(expected);
  });

  test.each([
    ['--since', '2026-11'],
    ['--since', '2026-13-01'],
    ['--until', '25.11.2026'],
    ['--until', ''],
  ])('end with 2 if %s is %j', async (option, date) => {
    const { code, out, err } = await changes(folder, option, date);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(
      'Expected a date like 2026-11-23, or a number of days before today like 7d, from 1d to 3650d.',
    );
  });
});

describe('a period without a snapshot', () => {
  test('ends with 2 and names both dates if it ends before it begins', async () => {
    for (const format of ['text', 'json', 'csv']) {
      const { code, err } = await changes(folder, '--since', '2026-11-20', '--until', '2026-11-10', '--format', format);
      expect([code, err]).toEqual([2, 'SettingsError: --since 2026-11-20 is later than --until 2026-11-10\n']);
      shown(
        'C12',
        `--since 2026-11-20 --until 2026-11-10 --format ${format}`,
        `exit ${code}: ${err}`,
        '0 changes, exit 0',
      );
    }
  });

  test.each(['text', 'json', 'csv'])(
    'prints a warning that names the first and the last snapshot, as %s too',
    async (format) => {
      const nothing = { text: '', json: '[]\n', csv: 'dt,previous_dt,id,email,change,before,after\r\n' }[format];
      const warning = 'Warning: no snapshot in this period. The first is from 2026-11-20, the last from 2026-11-25\n';
      const count = format === 'text' ? '0 changes in 0 snapshots\n' : '';
      for (const period of [
        ['--until', '2026-01-01'],
        ['--since', '2026-11-22', '--until', '2026-11-23'],
        ['--since', '2026-11-26'],
      ]) {
        const { code, out, err } = await changes(folder, ...period, '--format', format);
        expect([code, out, err]).toEqual([0, nothing, warning + count]);
        shown(
          'C12',
          `${period.join(' ')} --format ${format}, with no day in between`,
          `exit ${code}: ${err}`,
          'exit 0, no warning',
        );
      }
    },
  );

  test('ends with 2 if it begins in the future, but not if it only ends there', async () => {
    const { code, err } = await changes(folder, '--since', '9998-01-01');
    expect([code, err]).toEqual([2, expect.stringContaining('--since 9998-01-01 is in the future: today is ')]);
    shown('C12', '--since 9998-01-01', `exit ${code}, saying that it is in the future`, '0 changes, exit 0');
    expect((await changes(folder, '--until', '9998-01-01')).code).toBe(0);
  });

  test.each(['0d', '3651d', '-1d', 'yesterday', '2026-02-30', '2026-11-20T00:00:00Z', '20261120'])(
    'ends with 2 if it begins on %j',
    async (date) => {
      const { code, err } = await changes(folder, `--since=${date}`);
      expect([code, err]).toEqual([2, expect.stringContaining('Expected a date like 2026-11-23, or a number of days')]);
      shown('C12', `--since=${date}`, `exit ${code}: Expected a date like 2026-11-23, or a number of days`);
    },
  );
});

describe('--only of changes', () => {
  test.each<[string, (line: string) => boolean]>([
    ['admin_granted', (line) => line.endsWith(' admin_granted')],
    ['admin_granted,admin_revoked', (line) => line.includes(' admin_')],
    [' joined , left ', (line) => /(joined|left)$/.test(line)],
    ['left,left', (line) => line.endsWith(' left')],
  ])('keeps only the kinds that %j names', async (list, wanted) => {
    expect(summarized(await jsonOf('--only', list))).toEqual(ALL.filter(wanted));
  });

  test.each(['promoted', 'joined,promoted', 'Joined', ''])(
    'ends with 2 for %j and names the kinds that are allowed',
    async (list) => {
      const { code, out, err } = await changes(folder, '--only', list);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(
        'Expected a comma-separated list of joined, left, disabled, enabled, admin_granted, admin_revoked, role_added, role_removed, group_added, group_removed, default_group_changed, email_changed, name_changed.',
      );
    },
  );
});

describe('changes as CSV', () => {
  test('are RFC 4180 with a header, one line each and neutralized formulas', async () => {
    const { code, out, err } = await changes(folder, '--format', 'csv');
    expect([code, err]).toEqual([0, '']);
    const rows: { [column: string]: string }[] = parse(out, { columns: true, record_delimiter: '\r\n' });
    expect(out.startsWith('dt,previous_dt,id,email,change,before,after\r\n')).toBe(true);
    expect(out.split('\r\n')).toHaveLength(ALL.length + 2);
    expect(out.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(rows.map(({ dt, id, change }) => `${dt} ${id} ${change}`)).toEqual(ALL);
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^\s*[=+\-@]/);
    expect(rows[2]).toEqual({
      dt: '2026-11-24',
      previous_dt: '2026-11-21',
      id: 'a',
      email: `'=HYPERLINK("https://example.com","x")`,
      change: 'email_changed',
      before: '"a@example.com"',
      after: JSON.stringify('=HYPERLINK("https://example.com","x")'),
    });
    expect(rows[15]?.['email']).toBe("'@evil");
  });

  test('have the same values as the JSON, except for what was neutralized', async () => {
    const [csv, json] = [await changes(folder, '--format', 'csv'), await jsonOf()];
    const rows: { [column: string]: string }[] = parse(csv.out, { columns: true });
    const harmless = (value: unknown) => String(value ?? '').replace(/\r\n|[\p{Cc}\u2028\u2029]/gu, ' ');
    for (const [i, line] of json.entries())
      for (const [column, cell] of Object.entries(rows[i] ?? {}))
        expect(cell.replace(/^'(?=\s*[=+\-@])/, '')).toBe(harmless(line[column]));
  });

  test('are only the header if nothing changed', async () => {
    const { out } = await changes(folder, '--format', 'csv', '--since', '2026-11-26');
    expect(out).toBe('dt,previous_dt,id,email,change,before,after\r\n');
  });
});

describe('changes as text', () => {
  test('are one line each, in columns, followed by the counts on standard error', async () => {
    const { code, out, err } = await changes(folder, '--until', '2026-11-21');
    expect(code).toBe(0);
    expect(out).toBe(
      '2026-11-21  admin_granted  a@example.com  customer-admin\n' +
        '2026-11-21  email_changed  c              c@example.com -> (none)\n',
    );
    expect(err).toBe('2 changes in 2 snapshots; nothing to compare with on 2026-11-20\n');
  });

  test('show both sides of a change, in columns even with wide characters', async () => {
    const { out, err } = await changes(
      folder,
      '--since',
      '2026-11-24',
      '--only',
      'name_changed,email_changed,disabled,default_group_changed',
    );
    expect(out.split('\n')).toEqual([
      '2026-11-24  email_changed          =HYPERLINK("https://example.com","x")  a@example.com -> =HYPERLINK("https://example.com","x")',
      '2026-11-24  disabled               小林@example.com',
      '2026-11-24  email_changed          小林@example.com                       (none) -> 小林@example.com',
      '2026-11-24  name_changed           小林@example.com                       First c Last -> First c Said "no", then left',
      '2026-11-25  default_group_changed  小林@example.com                       (none) -> g1',
      expect.stringMatching(/^2026-11-25 +email_changed +@evil +Eve.* -> @evil$/),
      expect.stringMatching(/^2026-11-25 +name_changed +@evil +Eve.* Last -> \+SUM\(1\) Eve/),
      '',
    ]);
    expect(err).toBe('7 changes in 2 snapshots\n');
  });

  test('are nothing but the counts if nothing changed', async () => {
    expect(await changes(folder, '--since', '2026-11-25', '--only', 'left')).toEqual({
      code: 0,
      out: '',
      err: '0 changes in 1 snapshot\n',
    });
  });
});

test.each(['text', 'csv', 'json'])(
  'changes as %s contain no control character except line ends, so no name can steer the terminal',
  async (format) => {
    const { code, out, err } = await changes(folder, '--format', format);
    expect(code).toBe(0);
    expect(out).toContain('Eve');
    expect(`${out}${err}`.replaceAll(/\r?\n/g, '')).not.toMatch(/\p{Cc}/u);
  },
);

describe('changes of a folder', () => {
  test('end with 2 if it is empty or does not exist', async () => {
    const empty = await newFolder();
    onTestFinished(() => rm(empty, { recursive: true }));
    for (const words of [[], ['--format', 'csv']]) {
      const { code, out, err } = await changes(empty, ...words);
      expect([code, out]).toEqual([2, '']);
      expect(err).toBe(`SettingsError: --store: no snapshots in ${empty}\n`);
    }
    expect((await runCommand(['changes', '--store', join(empty, 'absent')], { cwd: empty })).code).toBe(2);
    const { code, out } = await changes(empty, '--format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { name: 'SettingsError', code: 2 } });
  });

  test('end with 7 and name a damaged feed, while the days before it can still be read', async () => {
    const copy = await copyOf(folder);
    await appendFile(join(copy, 'changes/dt=2026-11-24/changes-2026-11-24.jsonl'), '\n');
    const { code, err } = await changes(copy, '--format', 'csv');
    expect(code).toBe(7);
    expect(err).toContain(
      'changes/dt=2026-11-24/changes-2026-11-24.jsonl is damaged, or a run is replacing it. Run verify',
    );
    expect((await changes(copy, '--format', 'json')).code).toBe(7);
    expect((await changes(copy, '--until', '2026-11-21')).code).toBe(0);
  });

  test('end with 7 and name a damaged manifest', async () => {
    const copy = await copyOf(folder);
    await writeFile(join(copy, 'manifests/manifest-2026-11-24.json'), '{}');
    const { code, err } = await changes(copy);
    expect(code).toBe(7);
    expect(err).toContain('manifests/manifest-2026-11-24.json is not the manifest of its day. Run verify');
  });

  test('end with 7 if a manifest is that of another day', async () => {
    const copy = await copyOf(folder);
    await cp(join(copy, 'manifests/manifest-2026-11-21.json'), join(copy, 'manifests/manifest-2026-11-24.json'));
    expect((await changes(copy)).code).toBe(7);
  });

  test('ignore files that an operating system left among the manifests', async () => {
    const copy = await copyOf(folder);
    for (const name of ['.DS_Store', 'manifest-2026-11-21.json.tmp'])
      await writeFile(join(copy, 'manifests', name), 'x');
    expect(await changes(copy)).toEqual(await changes(folder));
  });

  test.each(['text', 'csv', 'json'])(
    'are shown with a warning about the days whose changes have expired, as %s',
    async (format) => {
      const copy = await copyOf(folder);
      await rm(join(copy, 'changes/dt=2026-11-21'), { recursive: true });
      const { code, out, err } = await changes(copy, '--format', format);
      expect(code).toBe(0);
      expect(out).toContain('2026-11-24');
      expect(out).not.toMatch(/^2026-11-21/m);
      expect(err).toContain('Warning: the changes of 2026-11-21 have expired or were removed\n');
    },
  );
});

test('changes end with 2 for an unknown format and name those that exist', async () => {
  const { code, err } = await changes(folder, '--format', 'xml');
  expect(code).toBe(2);
  expect(err).toContain('Allowed choices are text, json, csv.');
});
