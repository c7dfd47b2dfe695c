import { defineConfig } from 'vitest/config';

/** The unit tests of the rooms that are mutated, and of the core's own files. Stryker runs those that reach a mutant, in worker threads. */
const ROOMS = (process.env['MUTATED_ROOMS'] ?? '').split(',').filter((room) => room !== '');
const TESTS = 'test/unit/functions/snapshot';

export default defineConfig({
  test: {
    include: [`${TESTS}/*.test.ts`, ...ROOMS.map((room) => `${TESTS}/${room}/**/*.test.ts`)],
    // Worker threads have no umask, and the others take minutes: what they notice is noticed by shorter ones too, or listed.
    exclude: [`${TESTS}/store/folder/permissions.test.ts`, `${TESTS}/verify/damaged-*.test.ts`],
    globalSetup: ['test/support/temporary-folder.ts'],
    testTimeout: 60_000,
  },
});
