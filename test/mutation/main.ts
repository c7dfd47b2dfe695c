import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

// Changes the core in small ways and runs its unit tests on each change: a change that no test notices is listed.
// `npm run test:mutation` takes the files that differ from the main branch; `-- --all` takes the whole core; `-- PATH…` those files.
const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});

// A mutant that only alters a text of the fault table isn't noticed by that.
process.env['UPDATE_FAULTS'] = 'true';

const CORE = 'functions/snapshot';
const ALL_ROOMS = ['anodot', 'changes', 'commits', 'format', 'receive', 'store', 'verify'];

function changed(): string[] {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).split('\n');
  const base = git('merge-base', 'HEAD', 'main')[0] ?? 'HEAD';
  return git('diff', '--name-only', '--diff-filter=d', base).filter(
    (name) => name.startsWith(CORE) && name.endsWith('.ts'),
  );
}

const mutate = values.all ? [`${CORE}/**/*.ts`] : positionals.length > 0 ? positionals : changed();
if (mutate.length === 0)
  console.log('No file of the core differs from the main branch. Use -- --all for the whole core.');
else {
  // A file is judged by the tests of its own room: promises that only another room's tests hold are not the room's.
  const rooms = mutate.flatMap((path) => /^functions\/snapshot\/([\w-]+)\//.exec(path)?.[1] ?? []);
  process.env['MUTATED_ROOMS'] = [...new Set(values.all ? ALL_ROOMS : rooms)].join();
  const stryker = new Stryker({
    mutate,
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts' },
    plugins: ['@stryker-mutator/vitest-runner'],
    reporters: ['clear-text', 'json', 'progress-append-only'],
    jsonReporter: { fileName: 'dist/mutation/report.json' },
    clearTextReporter: { allowColor: false, logTests: false },
    tempDirName: 'dist/mutation/sandbox',
    ignorePatterns: ['dist', 'cdk.out'],
    concurrency: 2,
    // A mutant in a constant of a module needs every test, each time: a minute for each.
    ignoreStatic: true,
    timeoutMS: 20_000,
    // Stryker rewrites it through an API that TypeScript 7 no longer has; nothing in it concerns the tests.
    tsconfigFile: 'none',
  });
  await stryker.runMutationTest();
}
