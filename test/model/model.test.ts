import { describe, expect, test } from 'vitest';
import { FAULTS } from './faults.ts';
import { withFaultyCopy } from './faulty-copy.ts';
import { describe as describeFound } from './report.ts';
import { scenario } from './scenarios.ts';
import { search } from './search.ts';

/** Scenario, disturbances, store: what is searched at each test; `main.ts` searches further. */
const SEARCHES: readonly (readonly [scenario: string, disturbances: number, store: string])[] = [
  ['one-day', 2, 's3'],
  ['midnight', 2, 's3'],
  ['twice', 2, 's3'],
  ['twice-midnight', 2, 's3'],
  ['unfinished', 1, 's3-replays'],
  ['expired', 0, 's3'],
  ['one-day', 1, 'folder'],
];

describe('every order of the calls of two runs keeps what publishing promises', () => {
  for (const [name, disturbances, store] of SEARCHES) {
    const { title } = scenario(name);
    test(`${title}, with ${disturbances} disturbances (${store})`, { timeout: 300_000 }, async () => {
      const found = await search(scenario(name), { disturbances, store });
      console.log(describeFound(found));
      expect(found.counterexample).toBeUndefined();
    });
  }
});

test('the orders that are left out lead to no other end', { timeout: 120_000 }, async () => {
  const [some, all] = [true, false].map((reduced) => search(scenario('one-day'), { disturbances: 1, reduced }));
  expect((await some)?.ends).toEqual((await all)?.ends);
});

describe('a step that is broken on purpose is noticed', () => {
  for (const { title, patches, options, broken, ...fault } of FAULTS) {
    test(title, { timeout: 120_000 }, async () => {
      const found = await withFaultyCopy(patches, (product) =>
        search(scenario(fault.scenario), { ...options, product }),
      );
      console.log(describeFound(found));
      expect(found.counterexample?.broken).toMatch(broken);
    });
  }
});
