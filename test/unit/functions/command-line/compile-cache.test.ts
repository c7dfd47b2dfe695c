import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
