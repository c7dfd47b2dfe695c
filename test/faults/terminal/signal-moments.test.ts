import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildCommand } from '../../../lib/packaging/command.ts';
import { startCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { leftIn } from '../../support/left-behind.ts';
import { signalledAt } from '../../support/signal-at.ts';
import { newFolder } from '../../support/take.ts';

/** A signal ends the command line with its code and a message, at every moment from the first line to the last. */

const TOP = join(import.meta.dirname, '../../..');
const COMMAND_LINE = join(TOP, 'functions/command-line');
const MAIN = [process.execPath, join(COMMAND_LINE, 'main.ts')];
/** The command of the package, built by `beforeAll`. */
const BIN = [process.execPath, join(tmpdir(), `packed-${process.pid}`, 'command/bin.cjs')];
const NPM = ['npm', 'start', '--silent', '--'];
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const KILLED = 'killed by the signal, no message';

let sample: string;
beforeAll(async () => {
  await buildCommand(join(tmpdir(), `packed-${process.pid}`));
  const cwd = await newFolder();
  sample = join(cwd, 'sample');
  await startCommand(['--quiet', '--store', sample], { cwd }).ended;
});

describe('a signal while the command line loads', () => {
  const STARTS = [
    [
      'node main.ts',
      MAIN,
      ['command-line/process.ts', '/commander/', 'command-line/program.ts', 'commands/snapshot.ts'],
    ],
    ['npm start', NPM, ['packaging/start.cjs', 'packaging/built-command.cjs', 'start/main.cjs']],
    ['the command of the package', BIN, ['command/compile-cache.cjs', 'command/main.cjs']],
  ] as const;
  test.each(STARTS.flatMap(([how, program, modules]) => modules.map((module) => [how, module, program] as const)))(
    'ends %s as it loads %s with a message, and nothing is written',
    async (how, module, program) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const cwd = program === NPM ? TOP : await newFolder();
        const store = join(await newFolder(), 'store');
        const { code, by, out, err } = await signalledAt(program, ['--store', store], { cwd, signal, module });
        expect([code, by, out, err]).toEqual([
          CODES[signal],
          null,
          '',
          'InterruptedError: interrupted; nothing was published\n',
        ]);
        expect(await readdir(join(store, '..'))).toEqual([]);
        shown('C15', `${signal} to ${how} as it loads ${module}`, `exit ${code}: ${err}`, KILLED);
      }
    },
  );

  test('is reported as JSON if that is the format, and also ends the help', async () => {
    const at = { cwd: await newFolder(), signal: 'SIGTERM', module: '/commander/' } as const;
    const { code, out } = await signalledAt(MAIN, ['verify', '--format', 'json'], at);
    expect([code, JSON.parse(out)]).toEqual([
      143,
      { error: { name: 'InterruptedError', code: 143, message: 'interrupted' } },
    ]);
    expect((await signalledAt(MAIN, ['--help'], at)).code).toBe(143);
    shown('C15', 'SIGTERM to verify --format json as it loads', `exit ${code}, {"error":…} on standard output`, KILLED);
  });
});

describe('a signal to a command at work', () => {
  test.each([
    ['changes', 'changes/read-changes.ts'],
    ['verify', 'verify/verify.ts'],
  ])('ends %s with its own code', async (name, module) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const cwd = await newFolder();
      const { code, by, out, err } = await signalledAt(MAIN, [name, '--store', sample], { cwd, signal, module });
      expect([code, by, out, err]).toEqual([CODES[signal], null, '', 'InterruptedError: interrupted\n']);
      shown('C15', `${signal} to ${name} at work`, `exit ${code}: ${err}`);
    }
  });

  test('ends a run before its commit with nothing staged and nothing published', async () => {
    for (const module of ['sample/server.ts', 'anodot/source.ts', 'snapshot/take-snapshot.ts']) {
      const store = join(await newFolder(), 'store');
      const at = { cwd: join(store, '..'), signal: 'SIGINT', module } as const;
      const { code, err } = await signalledAt(MAIN, ['--store', store], at);
      expect([code, err]).toEqual([130, expect.stringContaining('interrupted; nothing was published')]);
      const { staged, published, runs } = await leftIn(store);
      expect([staged, published, runs.filter((run) => run !== 'failed 130')]).toEqual([[], [], []]);
      shown('C15', `SIGINT to a run as it loads ${module}`, `exit ${code}, nothing staged, nothing published`);
    }
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s right after the commit ends with its code and says that the snapshot was published and not read back',
    async (signal) => {
      const store = join(await newFolder(), 'store');
      const at = { cwd: join(store, '..'), signal, module: 'verify/verify.ts' };
      const { code, by, out, err } = await signalledAt(MAIN, ['--quiet', '--store', store], at);
      expect([code, by, out]).toEqual([CODES[signal], null, '']);
      expect(err).toMatch(
        /^InterruptedError: interrupted after the snapshot of \d{4}-\d\d-\d\d was published \(commit \d+\): it was not read back\. Run verify\n$/,
      );
      const { staged, published, runs } = await leftIn(store);
      expect([staged, published.length > 0]).toEqual([[], true]);
      expect([...new Set(runs)].sort()).toEqual(['published 0', 'refused 6']);
      expect((await startCommand(['verify', '--store', store], { cwd: at.cwd }).ended).code).toBe(0);
      shown(
        'C15',
        `${signal} right after the commit`,
        `exit ${code}: published, not read back; verify then ends with 0`,
      );
    },
  );
});
