import { defineConfig } from 'vitest/config';

/** The tests that need LibreOffice, which `.ci/office` installs. They are not part of `npm run test:all`. */
export default defineConfig({
  test: {
    include: ['test/office/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    // Each LibreOffice keeps a core busy.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
