/** A copy of what `npm start` needs of this clone, in a folder of its own, so that a test may change its sources and packages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Ended } from './command.ts';

const TOP = join(import.meta.dirname, '../..');
/** npm writes it whenever it installs. */
const INSTALLED = '.package-lock.json';

export interface Clone {
  readonly top: string;
  readonly start: string;
  /** Whether the next start uses the built file. */
  readonly isFresh: () => boolean;
}

export async function newClone(): Promise<Clone> {
  const top = await mkdtemp(join(tmpdir(), 'clone-'));
  for (const name of ['functions', 'lib/packaging', 'package.json'])
    await cp(join(TOP, name), join(top, name), { recursive: true });
  await mkdir(join(top, 'node_modules'));
  for (const name of await readdir(join(TOP, 'node_modules')))
    if (name !== INSTALLED) await symlink(join(TOP, 'node_modules', name), join(top, 'node_modules', name));
  await copyFile(join(TOP, 'node_modules', INSTALLED), join(top, 'node_modules', INSTALLED));
  const { isFresh } = createRequire(import.meta.url)(join(top, 'lib/packaging/built-command.cjs'));
  return { top, isFresh, start: join(top, 'lib/packaging/start.cjs') };
}

/** Runs a script of Node.js, or a program before it, such as a shell. */
export async function ended(words: readonly string[], cwd: string): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS|npm)_/.test(name));
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd,
    env: Object.fromEntries(inherited),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

export const started = ({ top, start }: Clone, ...words: readonly string[]): Promise<Ended> =>
  ended([process.execPath, start, ...words], top);

/** Starts until a start has built the file. The first starts after a change may run the sources. */
export const untilBuilt = (clone: Clone): Promise<void> =>
  expect
    .poll(async () => (await started(clone, '--version')).code === 0 && clone.isFresh(), {
      interval: 100,
      timeout: 120_000,
    })
    .toBe(true);
