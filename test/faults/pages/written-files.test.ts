import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { COMMANDS, contentOf, copied, useSmallReview } from '../../support/small-review.ts';

/** Where files for people are written: a mistake is exit 2 and changes nothing, and no temporary file outlives its command. */

const made = useSmallReview();
const open = (cwd: string, out: string, ...words: string[]) =>
  runCommand(['review', 'open', '--store', made().store, '--out', out, ...words], { cwd });

describe('review open', () => {
  test('refuses a link, the current folder, a URL and an empty name as its folder', async () => {
    const cwd = await copied(made().work);
    await mkdir(join(cwd, 'empty'));
    await symlink('empty', join(cwd, 'link'));
    await symlink('absent', join(cwd, 'dangling'));
    const before = await contentOf(cwd);
    for (const [out, message] of [
      ['link', 'is a link'],
      ['dangling', 'is a link'],
      ['s3://bucket/review', 'is a URL'],
      ['', 'Is a variable not set?'],
      ['../', "isn't empty"],
    ] as const) {
      const { code, err } = await open(cwd, out);
      expect([out, code, err]).toEqual([out, 2, expect.stringContaining(`--out: `)]);
      expect(err).toContain(message);
    }
    const here = await open(join(cwd, 'empty'), '.');
    expect([here.code, here.err]).toEqual([2, expect.stringContaining('is the current folder')]);
    expect(await contentOf(cwd)).toEqual(before);
    shown(
      'C53',
      'review open into a link, the current folder, a URL or an empty name',
      'exit 2',
      'a link: exit 7. The current folder: replaced',
    );
  });

  test('at the same time into one folder: one review is complete, and the other command ends with an error', async () => {
    const cwd = await copied(made().work);
    const both = await Promise.all([open(cwd, 'new'), open(cwd, 'new')]);
    const failed = both.filter(({ code }) => code !== 0);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.err).toMatch(/isn't empty|in the meantime/);
    expect((await readdir(join(cwd, 'new'))).length).toBe(4);
    expect((await readdir(cwd)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    shown('C53', 'two review open into one folder at once', 'one is complete, the other names the folder');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('ended by %s does not block the next one', async (signal) => {
    const cwd = await copied(made().work);
    const temporary = () => readdirSync(cwd).filter((name) => name.endsWith('.tmp'));
    const { child, ended } = startCommand([...COMMANDS['review open'], '--store', made().store], { cwd });
    while (temporary().length === 0 && child.exitCode === null) await turn();
    child.kill(signal);
    await ended;
    if (signal !== 'SIGKILL') expect(temporary()).toEqual([]);
    if (!existsSync(join(cwd, 'new'))) expect((await open(cwd, 'new')).code).toBe(0);
    expect((await readdir(join(cwd, 'new'))).length).toBe(4);
    shown('C53', `${signal} to review open as it writes`, 'the next one is complete');
  });
});

test('a pipe as a list or sheet is refused, because reading it may never end', async () => {
  const cwd = await copied(made().work);
  spawnSync('mkfifo', [join(cwd, 'pipe')]);
  const asList = await open(cwd, 'new', '--people', 'pipe');
  expect([asList.code, asList.err]).toEqual([2, expect.stringContaining('could not read pipe (not a regular file)')]);
  const words = ['review', 'close', 'review', '--store', made().store];
  const asSheet = await runCommand([...words, '--sheet', 'pipe'], { cwd });
  expect([asSheet.code, asSheet.err]).toEqual([2, expect.stringContaining('(not a regular file)')]);
  expect(existsSync(join(cwd, 'new'))).toBe(false);
  shown('C53', 'a pipe as --people or --sheet', 'exit 2', 'waited forever, also after an interrupt');
});

test('review close replaces outcome.html and outcome.json both or neither', async () => {
  const cwd = await copied(made().work);
  const words = [...COMMANDS['review close'], '--store', made().store];
  await mkdir(join(cwd, 'review/outcome.html'));
  const failed = await runCommand(words, { cwd });
  expect([failed.code, failed.err]).toEqual([7, expect.stringContaining('outcome.html (EISDIR)')]);
  expect((await readdir(join(cwd, 'review'))).filter((name) => name.startsWith('outcome'))).toEqual(['outcome.html']);
  await rm(join(cwd, 'review/outcome.html'), { recursive: true });
  await writeFile(join(cwd, 'review/outcome.json'), 'old', { mode: 0o644 });
  expect((await runCommand(words, { cwd })).code).toBe(13);
  expect((await stat(join(cwd, 'review/outcome.json'))).mode & 0o777).toBe(0o600);
  shown('C53', 'outcome.html cannot be written', 'exit 7, and outcome.json is unchanged', 'outcome.json was replaced');
});

const mounts = spawnSync('unshare', ['-rm', 'true']).status === 0;
test.skipIf(!mounts)('a full disk is exit 7 and leaves nothing', async () => {
  const main = join(import.meta.dirname, '../../../functions/command-line/main.ts');
  const disk = await copied(made().work);
  for (const words of ['report --out DISK/r.html', 'review open --out DISK/new']) {
    const command = `'${process.execPath}' '${main}' ${words.replace('DISK', `'${disk}'`)} --store '${made().store}'`;
    const script = `mount -t tmpfs -o size=8k none '${disk}' && ${command}; code=$?; ls -A '${disk}'; exit $code`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([7, '', expect.stringMatching(/^OutputError: .*\(ENOSPC\)\n$/)]);
    shown('C53', `${words.split(' --')[0]} on a full disk`, 'exit 7 and ENOSPC in the message');
  }
});
