import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts'],
    // A test waits for what it asserts; this only ends one that would wait for ever, on a slow machine too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
