import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

// Changes the core in small ways and runs its unit tests on each change: a change that no test notices is listed.
// `npm run test:mutation` takes the files that differ from the main branch; `-- --all` takes the whole core, `-- PATH…` those files.

const CORE = 'functions/snapshot';
const TESTS = 'test/unit/functions/snapshot';
/** Worker threads have no umask, and verify's tests try thousands of edits, which takes minutes for each mutant. */
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
 * The unit tests that import the file or are named after it. If there are none, all unit tests of its room. A change that only tests of
 * whole runs notice is listed as survived.
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
  process.env['UPDATE_FAULTS'] = 'true'; // a stale fault table doesn't count as noticing a mutant
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
    // A mutant in a module's constant would need every test to run each time.
    ignoreStatic: true,
    timeoutMS: 20_000,
    // Stryker rewrites it through an API that TypeScript 7 no longer has. The tests don't depend on it.
    tsconfigFile: 'none',
  });
  await stryker.runMutationTest();
}
