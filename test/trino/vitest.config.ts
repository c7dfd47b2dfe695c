import { defineConfig } from 'vitest/config';

/** The tests that need a Trino server, which `.ci/trino-test` starts. They are not part of `npm run test:all`. */
export default defineConfig({
  test: {
    include: ['test/trino/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts', 'test/trino/setup.ts'],
    // They share one server, which one query at a time keeps busy.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
