import { mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Clone, ended, newClone, started, untilBuilt } from '../../../support/clone.ts';
import { signalledAt } from '../../../support/signal-at.ts';

/** `npm start` never runs a file that differs from its sources, and starts whatever prevents building that file. */

let clone: Clone;
const at = (path: string): string => join(clone.top, path);
const FILE = 'dist/start/main.cjs';
const RECORD = 'dist/start/built.json';
/** `--version` prints its constant. */
const CONTRACT = 'functions/snapshot/contract.ts';
const printed = (out: string) => ({ code: 0, out: `${out}\n`, err: '' });

/** The contract with another version of the same length. */
const nextVersion = async (version: string): Promise<string> =>
  (await readFile(at(CONTRACT), 'utf8')).replace(/(?<=PROGRAM_VERSION = ')[\d.]+/, version);

beforeEach(async () => {
  clone = await newClone();
  await untilBuilt(clone);
});

test('the built file is used until something changes', async () => {
  const { ino } = await stat(at(FILE));
  await writeFile(at(FILE.replace('main', 'other')), ''); // no start that only loads removes it
  expect(await started(clone, '--version')).toEqual(printed('1.0.0'));
  expect((await stat(at(FILE))).ino).toBe(ino);
  expect(await readdir(at('dist/start'))).toEqual(['built.json', 'main.cjs', 'other.cjs']);
});

describe('a start never runs an outdated file', () => {
  test('after an edit that keeps size and time', async () => {
    const { atime, mtime, size } = await stat(at(CONTRACT));
    await writeFile(at(CONTRACT), await nextVersion('1.0.1'));
    await utimes(at(CONTRACT), atime, mtime);
    expect((await stat(at(CONTRACT))).size).toBe(size);
    expect(await started(clone, '--version')).toEqual(printed('1.0.1'));
    await untilBuilt(clone);
    expect(await started(clone, '--version')).toEqual(printed('1.0.1'));
    expect(await readFile(at(FILE), 'utf8')).toContain('"1.0.1"');
  });

  test('after an older file replaced a source, as a checkout or an unpacked archive may do', async () => {
    const { atime, mtime } = await stat(at(CONTRACT));
    await writeFile(at('kept'), await nextVersion('1.0.2'));
    await utimes(at('kept'), atime, mtime);
    await rename(at('kept'), at(CONTRACT));
    expect(await started(clone, '--version')).toEqual(printed('1.0.2'));
  });

  test('after a module was added', async () => {
    await writeFile(at('functions/snapshot/added.ts'), "export const PROGRAM_VERSION = '1.0.3';\n");
    const text = (await readFile(at(CONTRACT), 'utf8')).replace(/^export const PROGRAM_VERSION = .*$/m, '');
    await writeFile(at(CONTRACT), `${text}\nexport { PROGRAM_VERSION } from './added.ts';\n`);
    expect(await started(clone, '--version')).toEqual(printed('1.0.3'));
  });

  test.each([
    ['a module was deleted', () => rm(at('functions/command-line/called-as.ts')), /ERR_MODULE_NOT_FOUND/],
    [
      'a module no longer parses',
      () => writeFile(at(CONTRACT), 'export const ='),
      /SyntaxError|ERR_INVALID_TYPESCRIPT/,
    ],
  ])('after %s: it fails as the sources do', async (_, change, message) => {
    await change();
    const { code, err } = await started(clone, '--version');
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });

  test.each([
    ['a text that a module reads', 'functions/command-line/page/page.css'],
    ['the installed packages', 'node_modules/.package-lock.json'],
    ['package.json', 'package.json'],
    ['how it is built', 'lib/packaging/bundle-command.ts'],
  ])('after a change of %s', async (_, path) => {
    await writeFile(at(path), `${await readFile(at(path), 'utf8')}\n`);
    expect(clone.isFresh()).toBe(false);
    await untilBuilt(clone);
  });

  test('while a source is still being changed: it runs the sources, and a later start builds', async () => {
    await writeFile(at(CONTRACT), await nextVersion('1.0.4'));
    const before = await readFile(at(RECORD), 'utf8');
    expect(await started(clone, '--version')).toEqual(printed('1.0.4'));
    // Unless this machine was so slow that the edit was old when the build began.
    if (clone.isFresh()) expect(await readFile(at(FILE), 'utf8')).toContain('"1.0.4"');
    else expect(await readFile(at(RECORD), 'utf8')).toBe(before);
  });
});

describe('a file that was not completely written is never used', () => {
  test.each([
    ['the file is cut off', () => truncate(at(FILE), 1000)],
    ['the file was edited', () => writeFile(at(FILE), 'process.exit(99)')],
    ['the file is missing', () => rm(at(FILE))],
    ['the record is cut off', () => truncate(at(RECORD), 1000)],
    ['the record is empty', () => truncate(at(RECORD))],
    ['the record has no states', () => writeFile(at(RECORD), '{}')],
    ['the record is missing', () => rm(at(RECORD))],
  ])('%s', async (_, damage) => {
    await damage();
    expect(clone.isFresh()).toBe(false);
    expect(await started(clone, '--version')).toEqual(printed('1.0.0'));
    expect(clone.isFresh()).toBe(true);
  });

  test('the next build removes what a killed one left', async () => {
    await writeFile(at('dist/start/left'), 'process.exit(99)');
    await rm(at(RECORD));
    expect(await started(clone, '--version')).toEqual(printed('1.0.0'));
    expect(await readdir(at('dist/start'))).toEqual(['built.json', 'main.cjs']);
  });

  test('several starts at once build, and each ends as usual', async () => {
    await rm(at('dist'), { recursive: true });
    const all = await Promise.all([1, 2, 3].map(() => started(clone, '--version')));
    expect(all).toEqual(all.map(() => printed('1.0.0')));
    await untilBuilt(clone);
  });
});

describe('the sources run, with the same output and exit code,', () => {
  test.each([
    ['if nothing can be written', () => rm(at('dist'), { recursive: true }).then(() => writeFile(at('dist'), ''))],
    [
      'without esbuild, as after npm ci --omit=dev',
      async () => {
        await rm(at('dist'), { recursive: true });
        await rm(at('node_modules/esbuild'));
      },
    ],
    [
      'if the file cannot be replaced',
      async () => {
        await rm(at(FILE));
        await mkdir(join(at(FILE), 'folder'), { recursive: true });
      },
    ],
  ])('%s', async (_, prevent) => {
    await prevent();
    expect(await started(clone, '--version')).toEqual(printed('1.0.0'));
    const [built, fromSources] = await Promise.all([
      started(clone, 'verify', '--nothing'),
      ended([process.execPath, at('functions/command-line/main.ts'), 'verify', '--nothing'], clone.top),
    ]);
    expect(fromSources.code).toBe(2);
    expect(built).toEqual(fromSources);
    expect(clone.isFresh()).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('if the disk has no room for the file', async () => {
    await rm(at('dist'), { recursive: true });
    const limited = ['sh', '-c', 'ulimit -f 1 && exec "$@"', 'sh', process.execPath, clone.start, '--version'];
    expect(await ended(limited, clone.top)).toEqual(printed('1.0.0'));
    expect(await readdir(at('dist/start'))).toEqual([]);
  });
});

test('a signal while the file is built ends the command with its code and a message', async () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    await rm(at('dist'), { recursive: true });
    const program = [process.execPath, clone.start];
    const moment = { cwd: clone.top, signal, module: 'esbuild/lib/main.js' } as const;
    expect(await signalledAt(program, ['--store', at('store')], moment)).toEqual({
      code,
      by: null,
      out: '',
      err: 'InterruptedError: interrupted; nothing was published\n',
    });
  }
  expect(await readdir(clone.top)).not.toContain('store');
});
