import { beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../support/command.ts';
import { newFolder } from '../../../support/take.ts';

const MARK = 'loaded ';
const HOOK = `import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) { process.stderr.write('${MARK}' + url + '\\n'); return next(url, context); } });`;
const HEAVY = /node_modules\/(@duckdb|@aws-sdk|@smithy|zod)\//;

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
  await runCommand(['--quiet', '--store', 'snapshots'], { cwd });
});

/** The modules that a process of the command line loads. */
async function loadedBy(words: readonly string[]): Promise<string[]> {
  const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HOOK)}` };
  const { code, err } = await runCommand(words, { cwd, environment });
  expect(code).toBe(0);
  return err.split('\n').flatMap((line) => (line.startsWith(MARK) ? line.slice(MARK.length) : []));
}

const commandsIn = (modules: readonly string[]): string[] =>
  modules.flatMap((url) => /command-line\/commands\/(\w+)\.ts$/.exec(url)?.[1] ?? []);
const packagesIn = (modules: readonly string[]): ReadonlySet<string> =>
  new Set(modules.flatMap((url) => HEAVY.exec(url)?.[1] ?? []));

describe('the command line', () => {
  test('loads no command to print its version', async () => {
    expect(commandsIn(await loadedBy(['--version']))).toEqual([]);
  });

  test('loads every command for the help, and none of the large packages that they use', async () => {
    const modules = await loadedBy(['--help']);
    expect(commandsIn(modules).sort()).toEqual([
      'changes',
      'check',
      'diff',
      'export',
      'query',
      'report',
      'review',
      'snapshot',
      'status',
      'verify',
    ]);
    expect(packagesIn(modules)).toEqual(new Set());
  });

  test.each(['snapshot', 'status', 'verify', 'changes'])(
    'loads no other command for %s, no DuckDB and no AWS SDK',
    async (name) => {
      const modules = await loadedBy([name, '--store', name === 'snapshot' ? 'sample' : 'snapshots']);
      expect(commandsIn(modules)).toEqual([name]);
      expect(packagesIn(modules)).toEqual(new Set(['zod']));
    },
  );

  test('loads DuckDB for a query', async () => {
    const modules = await loadedBy(['query', 'select 1']);
    expect(commandsIn(modules)).toEqual(['query']);
    expect(packagesIn(modules)).toContain('@duckdb');
  });
});
