import { describe, expect, test } from 'vitest';
import { readPage } from '../../../../docs/page.ts';
import { OTHER, users, usersOfWhom, verdict } from '../../../../support/gate-verdict.ts';

/** The runbook quotes what the gate says. Each message is one that the gate writes here. */

const strangers = users(20).slice(10);
const REFUSED = {
  empty: () => verdict(users(10), []),
  dropped: () => verdict(users(100), users(40)),
  'of several organizations': () => verdict(users(10), [...users(5), ...users(10, OTHER).slice(5)]),
  'of another organization': () => verdict(users(10), users(10, OTHER)),
  strangers: () => verdict(users(10), strangers),
  'without a field': () => verdict(users(10), usersOfWhom(2, 10, 'email', 'canary@example.com')),
} as const;

/** The first column of the section's table. */
const quoted = (/## SnapshotRefused\n.*?\n## /s.exec(readPage('docs/operate.md').source)?.[0] ?? '')
  .split('\n')
  .flatMap((line) => /^\| "(.+?)" \|/.exec(line)?.[1] ?? []);

describe('the section SnapshotRefused of docs/operate.md', () => {
  test.each(Object.entries(REFUSED))(
    'quotes the message for a response that is refused as %s exactly once',
    async (_, refused) => {
      const message = await refused();
      expect(quoted.filter((phrase) => message?.includes(phrase))).toHaveLength(1);
    },
  );

  test('quotes no other message', () => {
    expect(quoted).toHaveLength(Object.keys(REFUSED).length);
  });
});
