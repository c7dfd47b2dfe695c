import { defineConfig } from 'vitest/config';

const TESTS = (...folders: string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);
/** Each takes ten seconds or more of CPU time, since it starts many processes or publishes weeks of snapshots. */
const LONG = [
  'test/docs/examples.test.ts',
  'test/sql/{views,odd-stores,status-and-diff}.test.ts',
  'test/unit/functions/command-line/{main,query/database}.test.ts',
  'test/unit/functions/command-line/commands/{changes,diff}.test.ts',
  'test/unit/functions/snapshot/review/any-history.test.ts',
  'test/unit/functions/snapshot/store/copied-store.test.ts',
  'test/unit/functions/snapshot/verify/damaged-{commit,object}.test.ts',
  'test/unit/lib/packaging/{package,start,same-output}.test.ts',
];

/** `npm test` runs the projects `unit` and `lib`, `npm run test:slow` the others. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: TESTS('unit/functions', 'contracts', 'docs', 'sql', 'wording'), exclude: LONG },
      },
      // Loading and synthesizing take most of the time: files that share a process load the CDK once and share templates.
      { extends: true, test: { name: 'lib', include: TESTS('unit/lib'), exclude: LONG, isolate: false } },
      { extends: true, test: { name: 'slow', include: [...LONG, ...TESTS('faults', 'e2e', 'model')] } },
    ],
    // It is published for bundlers. Node.js alone can't resolve its imports.
    server: { deps: { inline: ['dt-sql-parser'] } },
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts'],
    // The default leaves one core idle.
    maxWorkers: '100%',
    // Tests wait for what they assert. This only ends one that would wait forever, even on a slow machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A worker may take long to end on a busy machine.
    teardownTimeout: 60_000,
  },
});
