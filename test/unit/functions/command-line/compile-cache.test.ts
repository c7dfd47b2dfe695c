import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../../support/command.ts';
import { newFolder } from '../../../support/take.ts';

/** The tests' own cache would take precedence. */
const OWN = { NODE_COMPILE_CACHE: '', LOCALAPPDATA: '' };

test("compiled code is kept in the user's cache folder, and nowhere else", async () => {
  const cwd = await newFolder();
  const { code } = await runCommand(['status'], { cwd, environment: { ...OWN, HOME: cwd, XDG_CACHE_HOME: '' } });
  expect(code).toBe(11);
  expect(await readdir(cwd)).toEqual(['.cache']);
  expect(await readdir(join(cwd, '.cache'))).toEqual(['anodot-user-snapshots']);
});

test.each([
  ['no home', { HOME: '', XDG_CACHE_HOME: '' }],
  ['a file in place of the cache folder', { HOME: '', XDG_CACHE_HOME: '/etc/hostname' }],
  ['a home that cannot be written', { HOME: '/sys/kernel', XDG_CACHE_HOME: '' }],
  ['a cache folder that does not exist', { HOME: '', XDG_CACHE_HOME: '/proc/none' }],
])('with %s a command works as usual', async (_, environment) => {
  const cwd = await newFolder();
  const { code, err } = await runCommand(['status'], { cwd, environment: { ...OWN, ...environment } });
  expect([code, err]).toEqual([11, '']);
  expect(await readdir(cwd)).toEqual([]);
});

const NOBODY = 65534;
const COMMAND_LINE = join(import.meta.dirname, '../../../../functions/command-line');

test.skipIf(process.getuid?.() !== 0)('with a home that this user may not look into nothing is cached', async () => {
  const locked = await newFolder();
  await mkdir(join(locked, 'home'));
  await chmod(locked, 0o700);
  // The user may not read this clone either, so the module is copied to where everybody may.
  const readable = await mkdtemp('/tmp/compile-cache-');
  onTestFinished(() => rm(readable, { recursive: true }));
  await chmod(readable, 0o755);
  await copyFile(join(COMMAND_LINE, 'compile-cache.cjs'), join(readable, 'compile-cache.cjs'));
  const script = `process.setgid(${NOBODY}); process.setuid(${NOBODY}); await import('${readable}/compile-cache.cjs');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: '/',
    encoding: 'utf8',
    env: { HOME: join(locked, 'home') },
  });
  expect([status, stderr]).toEqual([0, '']);
});
