import { defineConfig } from 'vitest/config';

/** A part of the tests that can be run by its name: `vitest run --project faults`. */
const project = (name: string, ...folders: string[]) => ({
  extends: true as const,
  test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`) },
});

export default defineConfig({
  test: {
    projects: [
      project('fast', 'unit', 'contracts', 'sql'),
      project('faults', 'faults'),
      project('e2e', 'e2e'),
      project('model', 'model'),
    ],
    // It is published for bundlers: Node alone doesn't resolve what it imports.
    server: { deps: { inline: ['dt-sql-parser'] } },
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/bundle.ts'],
    // By default one core is left idle.
    maxWorkers: '100%',
    // A test waits for what it asserts; this only ends one that would wait for ever, on a slow machine too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
