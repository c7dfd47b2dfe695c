import { defineConfig } from 'vitest/config';

/** The tests that need a Trino, which `.ci/trino` starts: they are no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/trino/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts', 'test/trino/setup.ts'],
    // They ask one server, which has enough to do with one question at a time.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
