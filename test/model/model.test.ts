import { describe, expect, test } from 'vitest';
import { shown } from '../support/fault-table.ts';
import { ALARM_FAULTS } from './alarm-faults.ts';
import { FAULTS } from './faults.ts';
import { describe as describeFound } from './report.ts';
import { scenario } from './scenarios.ts';
import { search } from './search.ts';
import { publishedIn } from './world.ts';

/** Scenario, disturbances and store of each test's search, and whether the start of an upload is a call; `main.ts` searches further. */
const SEARCHES: readonly (readonly [scenario: string, disturbances: number, store: string, initiations?: boolean])[] = [
  ['one-day', 2, 's3'],
  ['midnight', 2, 's3'],
  ['twice', 2, 's3'],
  ['twice-midnight', 2, 's3'],
  ['unfinished', 0, 's3-replays'],
  ['expired', 0, 's3'],
  ['second-day', 1, 's3'],
  ['rows-gone', 0, 's3'],
  ['one-day', 1, 'folder'],
  ['one-day', 0, 's3', true],
  ['signed-alone', 2, 's3'],
  ['signed-midnight', 0, 's3'],
  ['signed-terminal', 0, 's3'],
];

describe('publishing keeps every promise in any order of calls', () => {
  for (const [name, disturbances, store, initiations = false] of SEARCHES) {
    const { title } = scenario(name);
    const failures =
      ['without disturbances', 'with at most one disturbance'][disturbances] ??
      `with at most ${disturbances} disturbances`;
    const bound = initiations ? `${failures}, in every order in which uploads can start` : failures;
    test(`for ${title}, ${bound}, on the store ${store}`, { timeout: 600_000 }, async () => {
      const found = await search(scenario(name), { disturbances, store, initiations });
      expect(found.counterexample, describeFound(found)).toBeUndefined();
      shown(
        'F32',
        `every order of calls: ${title}, ${bound}, on the store ${store}`,
        'every promise holds, including those about alarms',
      );
    });
  }
});

test('the search that skips equivalent orders of calls ends in the same states as the search of all orders', {
  timeout: 120_000,
}, async () => {
  const reduced = await search(scenario('one-day'), { disturbances: 1 });
  const all = await search(scenario('one-day'), { disturbances: 1, reduced: false });
  expect(reduced.ends).toEqual(all.ends);
});

describe('signing changes nothing of what is published, whether its calls succeed or fail', () => {
  for (const [signed, unsigned] of [
    ['signed', 'one-day'],
    ['signed-twice', 'twice'],
  ] as const) {
    test(`for ${scenario(unsigned).title}`, { timeout: 120_000 }, async () => {
      const found = await search(scenario(signed), { disturbances: 1, disturbed: 'signing' });
      expect(found.counterexample, describeFound(found)).toBeUndefined();
      const { ends } = await search(scenario(unsigned), { disturbances: 0 });
      expect(new Set([...found.ends].map(publishedIn))).toEqual(new Set([...ends].map(publishedIn)));
      shown(
        'F31a',
        `every order of calls: ${scenario(signed).title}, at most one failure while signing`,
        'the same commits and snapshots as without signing; every unsigned commit is reported',
      );
    });
  }
});

test('a search that skips equivalent ways to sign ends in the same states as the search of all', {
  timeout: 120_000,
}, async () => {
  for (const [name, disturbances] of [
    ['signed-alone', 2],
    ['signed', 0],
  ] as const) {
    const reduced = await search(scenario(name), { disturbances });
    const all = await search(scenario(name), { disturbances, reduced: false });
    expect(reduced.ends).toEqual(all.ends);
  }
});

describe('a search finds the broken promise if', () => {
  for (const { title, steps, scenario: name, options, broken } of FAULTS) {
    test(title, { timeout: 120_000 }, async () => {
      const found = await search(scenario(name), { ...options, steps: steps() });
      expect(found.counterexample?.broken, describeFound(found)).toMatch(broken);
      if (ALARM_FAULTS.some((fault) => fault.title === title))
        shown('C1', `a deliberate fault: ${title}`, 'the search of every order of calls finds it');
    });
  }
});
