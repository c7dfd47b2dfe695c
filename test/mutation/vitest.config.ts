import { defineConfig } from 'vitest/config';

/** The core's own tests, in one process: Stryker runs the ones that reach a mutant. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/unit/functions/snapshot/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    testTimeout: 60_000,
  },
});
