import { execFile as withCallback } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';
import { beforeAll, describe, expect, test } from 'vitest';
import { STATES } from '../../../../../functions/snapshot/contract.ts';
import { REVIEW, type ReviewRow } from '../../../../../functions/snapshot/review/review-document.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { type Ended, runCommand } from '../../../../support/command.ts';
import { publishUsers } from '../../../../support/published-users.ts';
import { newFolder } from '../../../../support/take.ts';
import { textsOf } from '../page/parsed-page.ts';

const execFile = promisify(withCallback);

const FILES = ['population.html', 'review.csv', 'review.json', 'review.xlsx'];

/** What the commands in a table of the page print, in order, if run in this folder. */
async function ranCommands(page: Nodes, table: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  visit(page, 'element', (element) => {
    if (element.properties['id'] === table) found.push(...textsOf(element, 'code'));
  });
  const printed: string[] = [];
  for (const command of found) {
    const { stdout } = await execFile('bash', ['-c', `set -o pipefail; ${command}`], { cwd: folder });
    printed.push(stdout);
  }
  return printed;
}

/** A folder with the sample account's snapshots, which every test reads. */
let cwd: string;
let days: string[];
beforeAll(async () => {
  cwd = await newFolder();
  await runCommand(['--quiet', '--store', 'snapshots'], { cwd });
  days = (await readdir(join(cwd, 'snapshots/manifests'))).map((name) => name.slice(9, 19)).sort();
});

const open = (...words: string[]): Promise<Ended> => runCommand(['review', 'open', ...words], { cwd });
const newOut = async (): Promise<string> => join(await newFolder(), 'out');

describe('review open', () => {
  test('writes the frozen population, both sheets and the page, for their owner only, and what to do next', async () => {
    const { code, out, err } = await open();
    const dt = days.at(-1);
    const folder = join(cwd, `review-${dt}`);
    expect([code, err]).toEqual([0, '']);
    expect((await readdir(folder)).sort()).toEqual(FILES);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of FILES) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const bytes = await readFile(join(folder, 'review.json'));
    const review = REVIEW.parse(JSON.parse(String(bytes)));
    expect(review).toMatchObject({ snapshot: { dt }, dormant_days: 90, since: null, people: null, exceptions: null });
    expect(out).toContain(`Review of ${dt}: ${review.rows.length} users, `);
    expect(out).toContain(`review.json: sha256 ${createHash('sha256').update(bytes).digest('hex')}\n`);
    expect(out).toMatch(new RegExp(`^ {2}node \\S+main\\.ts review close ./review-${dt}$`, 'm'));
    expect((await readdir(cwd)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('states the manifest’s evidence, the settings and what is not covered on population.html', async () => {
    const out = await newOut();
    const [people, exceptions] = [join(cwd, 'people.csv'), join(cwd, 'exceptions.csv')];
    const csv = await readFile(join(cwd, `review-${days.at(-1)}/review.csv`), 'utf8');
    const addresses = [...csv.matchAll(/^\d+,([^,]+@[^,]+),/gm)].flatMap(([, address]) => address ?? []);
    await writeFile(people, `Name;Work Email\nA;${addresses.slice(1).join('\nB;')}\nC;new.person@example.com\n`);
    await writeFile(exceptions, `user,reason\n${addresses[0]},<script>alert(1)</script>\n`);
    const since = days.at(-9) ?? '';
    const lists = ['--people', people, '--exceptions', exceptions, '--since', since, '--dormant-days', '30'];
    const { code, err } = await open('--out', out, ...lists);
    expect([code, err]).toEqual([0, expect.not.stringContaining('Error')]);
    const page = await readFile(join(out, 'population.html'), 'utf8');
    const review = REVIEW.parse(JSON.parse(await readFile(join(out, 'review.json'), 'utf8')));
    for (const text of [
      'GET /api/v2/users without parameters',
      review.snapshot.commit_sha256,
      review.people?.sha256 ?? 'none',
      review.exceptions?.sha256 ?? 'none',
      'More than 30 days without activity (is_dormant; disabled users not counted)',
      '>Exception</th>',
      'State never active',
      'new.person@example.com',
      'single sign-on',
      'sha256sum commits/',
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('<script>alert');
    expect(review.rows.filter(({ is_on_people_list }) => is_on_people_list === false)).toHaveLength(1);
    expect(review.since?.dt).toBe(since);
  });

  test('shows commands for its figures, and each runs in the folder that the page names', async () => {
    const [out, sheet] = [await newOut(), await newOut()];
    expect(await open('--out', sheet)).toMatchObject({ code: 0 });
    const [people, exceptions] = [join(cwd, 'staff.csv'), join(cwd, "boss's exceptions.csv")];
    const csv = await readFile(join(sheet, 'review.csv'), 'utf8');
    const addresses = [...csv.matchAll(/^\d+,([^,]+@[^,]+),/gm)].flatMap(([, address]) => address ?? []);
    await writeFile(people, `Email\n${addresses.slice(1).join('\n')}\nnew@example.com\n`);
    await writeFile(exceptions, `user,reason\n${addresses[0]},Safe\nnobody@example.com,Safe\n`);
    const lists = [
      '--people',
      people,
      '--exceptions',
      exceptions,
      '--since',
      days.at(-9) ?? '',
      '--dormant-days',
      '30',
    ];
    expect(await open('--out', out, ...lists)).toMatchObject({ code: 0 });
    const document = await readFile(join(out, 'review.json'), 'utf8');
    const review = REVIEW.parse(JSON.parse(document));
    const users = review.rows.length;
    const sha256 = createHash('sha256').update(document).digest('hex');
    const page = fromHtml(await readFile(join(out, 'population.html'), 'utf8'));
    const inStore = await ranCommands(page, 'store-commands', join(cwd, 'snapshots'));
    expect(inStore.slice(0, 4)).toEqual([
      expect.stringContaining(review.snapshot.commit_sha256),
      expect.stringMatching(/^(\S+: OK\n)+$/),
      `${users}\n`,
      `${review.rows.filter(({ is_admin }) => is_admin).length}\n`,
    ]);
    const inReview = await ranCommands(page, 'review-commands', out);
    const count = (is: (row: ReviewRow) => boolean) => `${review.rows.filter(is).length}\n`;
    expect(inReview.slice(0, -1)).toEqual([
      `${sha256}  review.json\n`,
      `${users}\n`,
      inStore[3],
      `${JSON.stringify(Object.fromEntries(STATES.map((state) => [state, Number(count((row) => row.state === state))])))}\n`,
      count(({ is_dormant }) => is_dormant),
      count(({ changed_since }) => changed_since !== ''),
      ...['1\n', '2\n', '1\n', '1\n', `${users}\n`, `${users - 1}\n`],
    ]);
    expect(inReview.at(-1)).toBe(inStore.at(-1));
    const further = await ranCommands(page, 'further-commands', cwd);
    expect(further.slice(0, 2)).toEqual([
      expect.stringContaining(review.people?.sha256 ?? 'none'),
      expect.stringContaining(review.exceptions?.sha256 ?? 'none'),
    ]);
    expect(further[2]).toContain(addresses[0]);
    const earlier = await newOut();
    await open('--out', earlier, '--dt', days.at(-3) ?? '');
    expect(await readFile(join(earlier, 'population.html'), 'utf8')).not.toContain('access_review');
  });

  test('shows a command that prints zeros for an account without users', async () => {
    const [store, out] = [await newFolder(), await newOut()];
    await publishUsers(new FolderStore(store), new Date('2026-11-20T02:15:00Z'), { users: [] });
    expect(await open('--store', store, '--out', out)).toMatchObject({ code: 0 });
    const page = fromHtml(await readFile(join(out, 'population.html'), 'utf8'));
    expect((await ranCommands(page, 'review-commands', out))[3]).toBe(
      `${JSON.stringify(Object.fromEntries(STATES.map((state) => [state, 0])))}\n`,
    );
    expect((await ranCommands(page, 'store-commands', store)).slice(2, 4)).toEqual(['0\n', '0\n']);
  });

  test('writes the columns of importers, given as a list or one by one', async () => {
    const [one, other] = [await newOut(), await newOut()];
    expect((await open('--out', one, '--for', 'vanta,scytale')).code).toBe(0);
    expect((await open('--out', other, '--for', 'scytale', '--for', 'vanta')).code).toBe(0);
    for (const out of [one, other])
      expect((await readdir(out)).sort()).toEqual([...FILES, 'review-scytale.csv', 'review-vanta.csv'].sort());
  });

  test('prints JSON for a program', async () => {
    const { code, out } = await open('--out', await newOut(), '--format', 'json', '--dt', days[0] ?? '');
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { dt: days[0], commit: 1, files: expect.arrayContaining(FILES) },
    ]);
  });

  test('never replaces a folder with anything in it, and leaves it as it was', async () => {
    const out = await newOut();
    await mkdir(out);
    await writeFile(join(out, 'review.csv'), 'filled in');
    expect(await open('--out', out)).toMatchObject({ code: 2, err: expect.stringContaining("isn't empty") });
    expect(await readdir(out)).toEqual(['review.csv']);
    await rm(join(out, 'review.csv'));
    expect((await open('--out', out)).code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(FILES);
  });

  test('refuses a folder in the store, also through a link, and a file', async () => {
    const link = join(await newFolder(), 'link');
    await symlink(join(cwd, 'snapshots'), link);
    for (const out of ['snapshots/review', join(link, 'users/review'), './snapshots/'])
      expect(await open('--out', out)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/in the store|isn't empty/),
      });
    const file = await newOut();
    await writeFile(file, '');
    expect(await open('--out', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining("can't be used (ENOTDIR)"),
    });
  });

  test.skipIf(process.getuid?.() === 0)('leaves nothing behind if the folder can’t be written', async () => {
    const parent = await newFolder();
    await chmod(parent, 0o500);
    expect(await open('--out', join(parent, 'out'))).toMatchObject({ code: 7 });
    expect(await readdir(parent)).toEqual([]);
  });

  test('ends with 11 if there is no snapshot', async () => {
    const { code, err } = await open('--store', await newFolder());
    expect([code, err]).toEqual([11, expect.stringMatching(/^no snapshot in .*No file was written\n$/)]);
  });

  test.each<[string[], string]>([
    [['--dt', 'yesterday'], 'Expected a date like 2026-11-23.'],
    [['--dt', '2001-01-01'], '--dt: 2001-01-01 has no snapshot'],
    [['--since', '2001-01-01'], '--since: 2001-01-01 has no snapshot. The nearest day with users is '],
    [['--since', '0d'], 'Expected a date like 2026-11-23, or a number of days before today'],
    [['--dormant-days', '0'], 'Expected a number of days from 1 to 9999.'],
    [['--for', 'drata'], 'Expected a comma-separated list of vanta, scytale.'],
    [['--people', 'none.csv'], '--people: could not read none.csv (ENOENT)'],
    [['--exceptions', 'none.csv'], '--exceptions: could not read none.csv (ENOENT)'],
    [['--since', '2999-01-01'], '--since 2999-01-01 is not before'],
  ])('ends with 2 for %j and writes nothing', async (words, why) => {
    const out = await newOut();
    const { code, err } = await open('--out', out, ...words);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });
});

describe('review', () => {
  const run = (...words: string[]) => runCommand(words, { cwd });

  test('lists its subcommands, and each has its own description, options and examples', async () => {
    const { code, out } = await run('review', '--help');
    expect(code).toBe(0);
    for (const name of ['open', 'close']) {
      expect(out).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'));
      const help = await run('review', name, '--help');
      expect(help.code).toBe(0);
      for (const text of ['--store', '--format', '--verbose', 'Examples:', 'Exit codes:'])
        expect(help.out).toContain(text);
      expect(help.out.split('\n').filter((line) => line.length > 80 && !line.includes('main.ts'))).toEqual([]);
    }
    expect((await run('review', 'open', '--help')).out).toContain('--dormant-days');
    expect((await run('review', 'close', '--help')).out).toContain('--sheet');
  });

  test('ends with 2 without a subcommand, and for one that does not exist', async () => {
    const [none, wrong] = [await run('review'), await run('review', 'reopen')];
    expect([none.code, none.out, none.err]).toEqual([
      2,
      '',
      expect.stringMatching(/^Name one of: open, close\n\s*Usage: /),
    ]);
    const misplaced = await run('review', '--dt', '2026-11-20');
    expect([misplaced.code, misplaced.err]).toEqual([2, expect.stringContaining('--dt belongs to: review open\n')]);
    expect((await run('review', '--sheet=x')).err).toContain('--sheet belongs to: review close\n');
    expect((await run('review', 'open', '--sheet', 'x')).err).not.toContain('belongs to');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("unknown command 'reopen'")]);
    const json = await run('review', 'close', '--format', 'json');
    expect([json.code, JSON.parse(json.out)]).toMatchObject([2, { error: { code: 2 } }]);
  });

  test('logs what runs with --verbose', async () => {
    const { code, err } = await open('--out', await newOut(), '--verbose');
    expect([code, err]).toEqual([0, expect.stringMatching(/^anodot-user-snapshots \d/)]);
  });
});
