import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { type Ended, runCommand } from '../../../../support/command.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { ada, ben, cleo, dan } from '../../../../support/four-users.ts';
import { newFolder, take } from '../../../../support/take.ts';

/** `diff`, and what `changes` shares with it: names of groups, administrators first, the exit code. */

const GROUP = ada.groups[0];
const DAYS = [
  { dt: '2026-11-20', users: [ada, ben, cleo], groups: [{ _id: GROUP, name: 'Sales' }] },
  { dt: '2026-11-21', users: [ada, ben, { ...cleo, groups: [GROUP] }], groups: [{ _id: GROUP, name: 'Sales' }] },
  { dt: '2026-11-23', users: [ben, { ...cleo, roles: ['customer-admin'] }, dan], groups: [] },
  { dt: '2026-11-24', users: [ben, { ...cleo, roles: ['customer-admin'] }, dan], groups: [] },
];

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  for (const { dt, users, groups } of DAYS) {
    const at = new Date(`${dt}T02:15:00Z`);
    const date = { date: at.toUTCString() };
    const server = await serveAnodot({ users: answer(users, 200, date), groups: answer(groups, 200, date) });
    await take({ url: server.url, store: new FolderStore(folder), run: { startedAt: at, now: () => at } });
    await server.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

const run = (place: string, ...words: string[]): Promise<Ended> =>
  runCommand([...words, '--store', place], { cwd: place });

describe('diff', () => {
  test('prints what changed between two days that are not neighbours, administrators first', async () => {
    const { code, out, err } = await run(folder, 'diff', '2026-11-20', '2026-11-23');
    expect([code, out.split('\n').map((line) => line.trimEnd())]).toEqual([
      0,
      [
        '2026-11-23  admin_revoked  ada@example.com   customer-admin',
        '2026-11-23  admin_granted  cleo@example.com  customer-admin',
        '2026-11-23  left           ada@example.com',
        '2026-11-23  role_removed   cleo@example.com  customer-user',
        '2026-11-23  joined         dan@example.com',
        '',
      ],
    ]);
    expect(err).toBe('5 changes from 2026-11-20 to 2026-11-23\n');
  });

  test.each(['json', 'csv'])('of neighbours is the same as changes of the later one, as %s', async (format) => {
    const diff = await run(folder, 'diff', '2026-11-21', '2026-11-23', '--format', format);
    const changes = await run(folder, 'changes', '--since', '2026-11-23', '--until', '2026-11-23', '--format', format);
    expect(diff).toEqual(changes);
    expect(diff.out.length).toBeGreaterThan(500);
  });

  test('shows a group by its name, and by the name of the earlier day if the later one lacks it', async () => {
    const added = await run(folder, 'diff', '2026-11-20', '2026-11-21');
    expect(added.out).toBe('2026-11-21  group_added  cleo@example.com  Sales\n');
    const removed = await run(folder, 'diff', '2026-11-21', '2026-11-24', '--only', 'group_removed');
    expect(removed.out).toBe('2026-11-24  group_removed  cleo@example.com  Sales\n');
    expect((await run(folder, 'changes', '--only', 'group_added')).out).toBe(added.out);
    const json = await run(folder, 'diff', '2026-11-20', '2026-11-21', '--format', 'json');
    expect(JSON.parse(json.out)).toMatchObject([{ change: 'group_added', after: `"${GROUP}"` }]);
  });

  test('shows ids and a warning if the groups are damaged', async () => {
    const copy = await copyOf(folder);
    await appendFile(join(copy, KEYS.groups('2026-11-21')), '\n');
    for (const words of [
      ['diff', '2026-11-20', '2026-11-21'],
      ['changes', '--until', '2026-11-21'],
    ]) {
      await rm(join(copy, KEYS.groups('2026-11-20')), { force: true });
      const { code, out, err } = await run(copy, ...words);
      expect([code, out]).toEqual([0, `2026-11-21  group_added  cleo@example.com  ${GROUP}\n`]);
      expect(err).toContain(
        `Warning: ${KEYS.groups('2026-11-21')} is damaged: groups are shown by their ids. Run verify\n`,
      );
    }
  });

  test.each([
    [
      ['2026-11-22', '2026-11-24'],
      '2026-11-22 has no snapshot. The nearest days with users are 2026-11-21 and 2026-11-23',
    ],
    [['2026-11-01', '2026-11-24'], '2026-11-01 has no snapshot. The nearest day with users is 2026-11-20'],
    [['2026-11-20', '9998-01-01'], '9998-01-01 is in the future. The nearest day with users is 2026-11-24'],
    [['2026-11-24', '2026-11-20'], /2026-11-24 is later than 2026-11-20: give the earlier day first$/m],
    [['2026-11-24', '2026-11-24'], 'both dates are 2026-11-24: give two different days'],
    [['2026-11-24', 'today'], 'Expected a date like 2026-11-23.'],
    [['2026-11-24'], "missing required argument 'later'"],
    [['2026-11-20', '2026-11-21', '2026-11-23'], 'too many arguments'],
  ])('ends with 2 for %j and says why', async (words, why) => {
    const { code, out, err } = await run(folder, 'diff', ...words);
    expect([code, out, err]).toEqual([
      2,
      '',
      typeof why === 'string' ? expect.stringContaining(why) : expect.stringMatching(why),
    ]);
  });

  test('ends with 2 if the users of a day have expired, and names the nearest days that have theirs', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, 'users/json/dt=2026-11-21'), { recursive: true });
    const { code, err } = await run(copy, 'diff', '2026-11-21', '2026-11-24');
    expect([code, err]).toEqual([
      2,
      'SettingsError: 2026-11-21 has no users any more: they have expired or were removed. The nearest days with users are 2026-11-20 and 2026-11-23\n',
    ]);
  });

  test('ends with 2 if there is no snapshot at all', async () => {
    const empty = await newFolder();
    const { code, err } = await run(empty, 'diff', '2026-11-20', '2026-11-21');
    expect([code, err]).toEqual([2, `SettingsError: --store: no snapshots in ${empty}\n`]);
  });

  test.each(['2026-11-20', '2026-11-24'])('ends with 7 if the users of %s are damaged', async (dt) => {
    const copy = await copyOf(folder);
    await appendFile(join(copy, KEYS.json(dt)), '\n');
    const { code, out, err } = await run(copy, 'diff', '2026-11-20', '2026-11-24');
    expect([code, out, err]).toEqual([7, '', expect.stringContaining(`${KEYS.json(dt)} is damaged`)]);
  });
});

describe('a published day whose manifest was lost', () => {
  const LOST = '2026-11-21';
  const lost = async (): Promise<string> => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.manifest(LOST)));
    return copy;
  };
  test.each([
    ['diff', '2026-11-20', LOST],
    ['diff', LOST, '2026-11-24', '--format', 'json'],
    ['changes', '--exit-code'],
    ['changes', '--since', LOST, '--until', LOST, '--exit-code'],
  ])('ends %s %s %s with 7 and is named, instead of looking like a day without changes', async (...words) => {
    const { code, err } = await run(await lost(), ...words);
    expect([code, err]).toEqual([
      7,
      expect.stringContaining(`${LOST} was published, but ${KEYS.manifest(LOST)} is missing. Run verify`),
    ]);
  });

  test('is named even if no other day has a manifest', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, 'manifests'), { recursive: true });
    for (const words of [['changes'], ['diff', '2026-11-20', LOST]])
      expect(await run(copy, ...words)).toMatchObject({ code: 7, err: expect.stringContaining('was published, but') });
  });

  test('does not concern other days', async () => {
    const copy = await lost();
    expect((await run(copy, 'diff', '2026-11-20', '2026-11-24')).code).toBe(0);
    expect((await run(copy, 'changes', '--since', '2026-11-23')).code).toBe(0);
  });
});

describe('--exit-code of changes', () => {
  test('is 11 if the period has no snapshot, since that says nothing about changes', async () => {
    const { code, err } = await run(folder, 'changes', '--exit-code', '--since', '2026-11-25');
    expect([code, err]).toEqual([11, expect.stringContaining('no snapshot in this period')]);
  });

  test('is 7 if the changes of a day are gone and the others have none, and 14 if the others have some', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.changes('2026-11-21')));
    const { code, err } = await run(copy, 'changes', '--exit-code', '--since', '2026-11-21', '--until', '2026-11-21');
    expect([code, err]).toEqual([7, expect.stringContaining("can't tell whether anything changed")]);
    expect((await run(copy, 'changes', '--exit-code')).code).toBe(14);
  });
});

describe('--exit-code', () => {
  test.each<[number, string[]]>([
    [14, ['diff', '2026-11-20', '2026-11-21', '--exit-code']],
    [14, ['diff', '2026-11-20', '2026-11-21', '--exit-code', '--only', 'group_added', '--format', 'json']],
    [0, ['diff', '2026-11-20', '2026-11-21', '--exit-code', '--only', 'admin_granted']],
    [0, ['diff', '2026-11-23', '2026-11-24', '--exit-code']],
    [0, ['diff', '2026-11-20', '2026-11-21']],
    [14, ['changes', '--exit-code']],
    [14, ['changes', '--exit-code', '--format', 'csv', '--only', 'admin_granted']],
    [0, ['changes', '--exit-code', '--only', 'enabled']],
    [0, ['changes', '--exit-code', '--since', '2026-11-24', '--until', '2026-11-24']],
    [0, ['changes']],
  ])('ends with %i for %j', async (expected, words) => {
    const { code, out } = await run(folder, ...words);
    expect(code).toBe(expected);
    if (expected === 14) expect(out).toContain('2026-11-2');
  });
});
