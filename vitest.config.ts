import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a server that has to be fetched first, and have a configuration of their own.
    exclude: ['test/trino/**'],
    // It is published for bundlers: Node alone doesn't resolve what it imports.
    server: { deps: { inline: ['dt-sql-parser'] } },
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts'],
    // A test waits for what it asserts; this only ends one that would wait for ever, on a slow machine too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
