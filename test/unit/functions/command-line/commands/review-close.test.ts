import { createHash } from 'node:crypto';
import { appendFile, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { OUTCOME, type OutcomeDocument } from '../../../../../functions/snapshot/review/outcome-document.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { runAt } from '../../../../support/clock.ts';
import { type Ended, runCommand } from '../../../../support/command.ts';
import { fillCsv, fillWorkbook } from '../../../../support/fill-sheet.ts';
import { ada, ben, cleo, dan } from '../../../../support/four-users.ts';
import { newFolder, take } from '../../../../support/take.ts';

/** A whole review: opened, filled in, closed with open decisions, and closed again after later days. */

const HOSTILE = { ...dan, email: '<img src=x onerror=alert(1)>@example.com', lastName: '=1+1' };
const DAYS = [
  { dt: '2026-11-20', users: [ada, ben, cleo, HOSTILE] },
  { dt: '2026-11-22', users: [ada, ben, { ...cleo, lastName: 'Odd' }, HOSTILE] },
  {
    dt: '2026-11-23',
    users: [{ ...ada, roles: ['customer-user'] }, cleo, HOSTILE, { ...ben, _id: 'e', email: 'eve@example.com' }],
  },
];
const REVOKED = { 'ben@example.com': 'revoke', 'ada@example.com': 'revoke-admin' };

/** `stores[n]` has the first n + 1 days. */
const stores: string[] = [];
let opened: string;
beforeAll(async () => {
  const folder = await newFolder();
  for (const { dt, users } of DAYS) {
    const at = new Date(`${dt}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(users, 200, { date: at.toUTCString() }) });
    await take({ url: server.url, store: new FolderStore(folder), run: runAt(at) });
    await server.close();
    const copy = await newFolder();
    await cp(folder, copy, { recursive: true });
    stores.push(copy);
  }
  opened = join(await newFolder(), 'review');
  const { code } = await runCommand(['review', 'open', '--store', stores[0] ?? '', '--out', opened], { cwd: folder });
  expect(code).toBe(0);
});
afterAll(() => Promise.all([...stores, opened].map((path) => rm(path, { recursive: true }))));

/** A copy of the opened review, named by what a test may change in it. */
async function newReview(): Promise<string> {
  const copy = await newFolder();
  await cp(opened, copy, { recursive: true });
  onTestFinished(() => rm(copy, { recursive: true }));
  return copy;
}

const close = (folder: string, days: number, ...words: string[]): Promise<Ended> =>
  runCommand(['review', 'close', folder, '--store', stores[days - 1] ?? '', ...words], { cwd: folder });

const outcomeIn = async (folder: string): Promise<OutcomeDocument> =>
  OUTCOME.parse(JSON.parse(await readFile(join(folder, 'outcome.json'), 'utf8')));
const sha256Of = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('review close', () => {
  test('ends with 13 while decisions are open, and with 0 once later snapshots prove that all are carried out', async () => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    const first = await close(folder, 1);
    expect(first).toMatchObject({ code: 13, err: '' });
    expect(first.out).toContain('Review of 2026-11-20: 0 of 2 removals have been carried out; 2 are open\n');
    expect(first.out).toContain('open: revoke ben@example.com, row 3: there is no snapshot after the review\n');
    expect(first.out).toContain('  kept: 2 not yet known: no later snapshot\n');
    const second = await close(folder, 2);
    expect(second.out).toContain('  kept: 1 unchanged, 1 changed\n');
    expect([second.code, second.out]).toEqual([13, expect.stringContaining('the user is still active')]);
    expect(await outcomeIn(folder)).toMatchObject({
      newest: { dt: '2026-11-22', commit: 2 },
      counts: { done: 0, open: 2, unchanged: 1, changed: 1, unknown: 0, joined: 0 },
    });
    const third = await close(folder, 3);
    expect([third.code, third.out]).toEqual([0, expect.stringContaining(': all 2 removals have been carried out\n')]);
    const outcome = await outcomeIn(folder);
    expect(outcome).toMatchObject({
      review: {
        dt: '2026-11-20',
        commit: 1,
        rows_checked: 'every_row',
        sha256: await sha256Of(join(folder, 'review.json')),
      },
      sheet: { file: 'review.csv', sha256: await sha256Of(join(folder, 'review.csv')) },
      differences: [],
      counts: { done: 2, open: 0, joined: 1 },
      joined: [{ email: 'eve@example.com', dt: '2026-11-23', commit: 3 }],
    });
    for (const { decision, done } of outcome.rows)
      expect(done).toEqual(
        decision === 'keep'
          ? null
          : { dt: '2026-11-23', commit: 3, previous: { dt: '2026-11-22', commit: 2 }, missing_days: [] },
      );
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('says the same on outcome.html, and shows values of the account and of the reviewer as text', async () => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    await close(folder, 3);
    const page = (await readFile(join(folder, 'outcome.html'), 'utf8')).replace(/<\/?time>/g, '');
    expect(page).toContain('All 2 removals have been carried out.');
    for (const text of [
      '2026-11-23, commit 3',
      'eve@example.com',
      'name changed',
      await sha256Of(join(folder, 'review.csv')),
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/<img|<b>Park/);
    await close(folder, 2);
    const open = await readFile(join(folder, 'outcome.html'), 'utf8');
    expect(open).toContain('0 of 2 removals have been carried out; 2 are open.');
    expect(open.indexOf('id="open"')).toBeLessThan(open.indexOf('id="done"'));
  });

  test('does not count a user to keep who changed as open', async () => {
    const folder = await newReview();
    await fillCsv(folder);
    expect(await close(folder, 3)).toMatchObject({
      code: 0,
      out: expect.stringContaining('all users are kept; there is nothing to carry out'),
    });
    expect((await outcomeIn(folder)).counts).toEqual({
      done: 0,
      open: 0,
      unchanged: 1,
      changed: 3,
      unknown: 0,
      joined: 1,
    });
    expect(await close(folder, 1)).toMatchObject({ code: 0 });
    expect((await outcomeIn(folder)).counts).toMatchObject({ unchanged: 0, changed: 0, unknown: 4 });
    expect(await readFile(join(folder, 'outcome.html'), 'utf8')).toContain(
      'Kept users, not yet known: no later snapshot',
    );
  });

  test('reads either sheet, and prints JSON for a program', async () => {
    const folder = await newReview();
    await fillWorkbook(folder, { decisions: REVOKED });
    const { code, out } = await close(folder, 2, '--format', 'json');
    expect([code, JSON.parse(out)]).toMatchObject([
      13,
      {
        sheet: { file: 'review.xlsx' },
        counts: { open: 2 },
        open: [{ decision: 'revoke-admin' }, { decision: 'revoke' }],
      },
    ]);
  });

  test('wants a folder before the name of a sheet that the review and the current folder both have', async () => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    const cwd = await newFolder();
    await copyFile(join(folder, 'review.csv'), join(cwd, 'review.csv'));
    const closeWith = (sheet: string) =>
      runCommand(['review', 'close', folder, '--store', stores[2] ?? '', '--sheet', sheet], { cwd });
    expect(await closeWith('review.csv')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Name one of them with its folder'),
    });
    expect((await closeWith('./review.csv')).code).toBe(0);
  });

  test('reads both sheets if they agree, and wants one named if they differ', async () => {
    const folder = await newReview();
    await fillWorkbook(folder, { decisions: REVOKED });
    await fillCsv(folder, { decisions: REVOKED });
    expect((await close(folder, 3)).code).toBe(0);
    await fillCsv(folder, { decisions: { 'ben@example.com': 'revoke' } });
    expect(await close(folder, 3)).toMatchObject({
      code: 2,
      err: expect.stringContaining('both filled in, and differ. Name the right one with --sheet'),
    });
    expect((await close(folder, 3, '--sheet', 'review.csv')).code).toBe(0);
    expect((await outcomeIn(folder)).counts.done).toBe(1);
  });

  test('names what the sheet shows differently, although only review.json counts', async () => {
    const folder = await newReview();
    const edit = (rows: string[][]) => rows[1]?.splice(1, 1, 'mallory@example.com');
    await fillCsv(folder, { decisions: REVOKED, edit });
    const { code, err } = await close(folder, 3);
    expect([code, err]).toEqual([0, expect.stringContaining('mallory@example.com')]);
    const { differences, rows } = await outcomeIn(folder);
    expect(differences).toEqual([expect.stringContaining('mallory@example.com')]);
    expect(rows[0]?.email).toBe('ada@example.com');
    expect(await readFile(join(folder, 'outcome.html'), 'utf8')).toContain('mallory@example.com');
  });
});

describe('review close ends with', () => {
  test.each<[string, (rows: string[][]) => void]>([
    ['a decision that is unknown', (rows) => rows[1]?.splice(-4, 1, 'perhaps')],
    ['a decision that is missing', (rows) => rows[1]?.splice(-4, 1, '')],
    ['a row that was removed', (rows) => rows.splice(2, 1)],
    ['a repeated row', (rows) => rows.push([...(rows[1] ?? [])])],
    ['an ambiguous date', (rows) => rows[1]?.splice(-2, 1, '03/04/2026')],
  ])('2 for %s, and keeps the earlier outcome', async (_, edit) => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    await close(folder, 3);
    const before = await readFile(join(folder, 'outcome.json'), 'utf8');
    await cp(join(opened, 'review.csv'), join(folder, 'review.csv'));
    await fillCsv(folder, { decisions: REVOKED, edit });
    expect(await close(folder, 3)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/line|row/) });
    expect(await readFile(join(folder, 'outcome.json'), 'utf8')).toBe(before);
  });

  test('2 if no sheet is filled in, none exists, or review.json is missing, damaged or of another version', async () => {
    const folder = await newReview();
    expect((await close(folder, 3)).err).toContain('no decision is filled in');
    for (const name of ['review.csv', 'review.xlsx']) await rm(join(folder, name));
    expect(await close(folder, 3)).toMatchObject({ code: 2, err: expect.stringContaining('has neither review.xlsx') });
    await cp(join(opened, 'review.csv'), join(folder, 'review.csv'));
    await fillCsv(folder);
    const path = join(folder, 'review.json');
    const json = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...json, schema_version: 2 }));
    expect(await close(folder, 3)).toMatchObject({ code: 2, err: expect.stringContaining('has version 2') });
    for (const text of [
      '{',
      JSON.stringify({ ...json, rows: json.rows.slice(1) }),
      JSON.stringify({ ...json, extra: 1 }),
    ]) {
      await writeFile(path, text);
      expect(await close(folder, 3)).toMatchObject({ code: 2, err: expect.stringContaining('is damaged') });
    }
    await rm(path);
    expect((await close(folder, 3)).err).toContain('does not exist: give the folder that review open wrote');
  });

  test('2 if a row was removed from review.json and from the sheet, or a user’s address was changed', async () => {
    const folder = await newReview();
    await fillCsv(folder, { edit: (rows) => rows.splice(2) });
    const path = join(folder, 'review.json');
    const json = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...json, rows: json.rows.slice(0, 1) }));
    expect(await close(folder, 3)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'review.json was changed after the review was opened from commit 1 of 2026-11-20: the commit published 4 users, but the number of rows is 1',
      ),
    });
    const [first, ...others] = json.rows;
    await writeFile(path, JSON.stringify({ ...json, rows: [{ ...first, email: 'mallory@example.com' }, ...others] }));
    await cp(join(opened, 'review.csv'), join(folder, 'review.csv'));
    await fillCsv(folder);
    expect((await close(folder, 3)).err).toContain('row 1 has another email than the commit. Restore it from a copy');
    expect(await readdir(folder)).not.toContain('outcome.json');
  });

  test('2 for another store, and names it', async () => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    const other = await newFolder();
    await runCommand(['--quiet', '--store', other], { cwd: folder });
    const { code, err } = await runCommand(['review', 'close', folder, '--store', other], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining('another hash')]);
  });

  test('7 if a feed is damaged, or the outcome can’t be written, and keeps the earlier outcome', async () => {
    const folder = await newReview();
    await fillCsv(folder, { decisions: REVOKED });
    await close(folder, 2);
    const before = await readFile(join(folder, 'outcome.json'), 'utf8');
    const damaged = await newFolder();
    await cp(stores[2] ?? '', damaged, { recursive: true });
    await appendFile(join(damaged, KEYS.changes('2026-11-23')), '\n');
    const { code, err } = await runCommand(['review', 'close', folder, '--store', damaged], { cwd: folder });
    expect([code, err]).toEqual([7, expect.stringContaining('is damaged')]);
    expect(await readFile(join(folder, 'outcome.json'), 'utf8')).toBe(before);
    await rm(join(folder, 'outcome.html'));
    await mkdir(join(folder, 'outcome.html/taken'), { recursive: true });
    expect(await close(folder, 3)).toMatchObject({ code: 7, err: expect.stringContaining('could not write') });
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });
});
