import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

// Changes the core in small ways and runs its unit tests on each change: a change that no test notices is listed.
// `npm run test:mutation` takes the files that differ from the main branch; `-- --all` takes the whole core, `-- PATH…` those files.

const CORE = 'functions/snapshot';
const TESTS = 'test/unit/functions/snapshot';
/** Worker threads have no umask, and those of verify try thousands of edits: minutes for each mutant. */
const EXCLUDED = /store\/folder\/permissions\.test|verify\/damaged-/;

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const mutate = values.all ? globSync(`${CORE}/**/*.ts`) : positionals.length > 0 ? positionals : changed();
const tests = [...new Set(mutate.flatMap(testsOf))];
if (tests.length === 0) console.log('No tested file of the core differs from the main branch; -- --all takes all.');
else await run();

function changed(): string[] {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).split('\n');
  const base = git('merge-base', 'HEAD', 'main')[0] ?? 'HEAD';
  const names = git('diff', '--name-only', '--diff-filter=d', base);
  return names.filter((name) => name.startsWith(`${CORE}/`) && name.endsWith('.ts'));
}

/**
 * The unit tests that import the file themselves or bear its name; without any, those of its room. What only the tests of whole runs notice
 * is listed as survived.
 */
function testsOf(path: string): string[] {
  const [name, room] = [basename(path, '.ts'), dirname(path).slice(CORE.length + 1)];
  const imported = new RegExp(`/${path.slice(CORE.length + 1).replaceAll('.', '\\.')}'`);
  const all = globSync(`${TESTS}/**/*.test.ts`).filter((test) => !EXCLUDED.test(test));
  const own = all.filter((test) => basename(test).startsWith(name) || imported.test(readFileSync(test, 'utf8')));
  return own.length > 0 ? own : all.filter((test) => test.startsWith(`${TESTS}/${room}/`));
}

async function run(): Promise<void> {
  process.env['MUTATION_TESTS'] = tests.join();
  process.env['UPDATE_FAULTS'] = 'true'; // a mutant that only alters a text of the table of faults isn't noticed by that
  const stryker = new Stryker({
    mutate,
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    reporters: ['clear-text', 'json', 'progress-append-only'],
    jsonReporter: { fileName: 'dist/mutation/report.json' },
    clearTextReporter: { allowColor: false, logTests: false },
    tempDirName: 'dist/mutation/sandbox',
    ignorePatterns: ['dist', 'cdk.out'],
    concurrency: 2,
    // A mutant in a constant of a module needs every test, each time.
    ignoreStatic: true,
    timeoutMS: 20_000,
    // Stryker rewrites it through an API that TypeScript 7 no longer has; nothing in it concerns the tests.
    tsconfigFile: 'none',
  });
  await stryker.runMutationTest();
}
