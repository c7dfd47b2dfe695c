import { defineConfig } from 'vitest/config';

/** The tests that need Chromium, which `.ci/browser` finds or installs. They are not part of `npm run test:all`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    // Each file starts a browser.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
