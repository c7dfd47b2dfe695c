import { defineConfig } from 'vitest/config';

/** The test files that `main.ts` chose. Stryker runs those tests that reach a mutant, in worker threads. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split(','),
    globalSetup: ['test/support/temporary-folder.ts'],
    testTimeout: 60_000,
  },
});
