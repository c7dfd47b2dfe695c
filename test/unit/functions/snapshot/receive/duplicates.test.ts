import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeenUsers } from '../../../../../functions/snapshot/receive/duplicates.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';

const userOf = (id: string): User => ({
  id,
  created_at: null,
  first_name: null,
  last_name: null,
  email: null,
  roles: null,
  disabled: null,
  owner_organization: null,
  groups: [],
  default_group: null,
  last_active: null,
  extra_json: null,
});

type Seen = readonly [id: string, row: string];

/** What a plain Map says: the first row of an id counts. */
function verdictsOfMap(users: readonly Seen[]): string[] {
  const rows = new Map<string, string>();
  return users.map(([id, row]) => {
    const before = rows.get(id);
    if (before === undefined) rows.set(id, row);
    return before === undefined ? 'new' : before === row ? 'same' : 'different';
  });
}

function verdicts(users: readonly Seen[]): string[] {
  const seen = new SeenUsers();
  return users.map(([id, row]) => seen.add(userOf(id), row));
}

describe('users that have passed', () => {
  test('are new, then the same or different, by their first row', () => {
    const users: readonly Seen[] = [
      ['a', '1'],
      ['b', '1'],
      ['a', '1'],
      ['a', '2'],
      ['a', '2'],
      ['a', '1'],
      ['b', ''],
    ];
    expect(verdicts(users)).toEqual(['new', 'new', 'same', 'different', 'different', 'same', 'different']);
  });

  test('are told apart as a plain Map tells them apart, whatever their ids and rows', () => {
    const id = fc.oneof(
      fc.constantFrom('', 'a', 'A', ' a', '\0', 'é', 'e\u0301', '__proto__'),
      fc.string({ unit: 'binary' }),
    );
    const row = fc.constantFrom('', '1', '2', 'a');
    fc.assert(
      fc.property(fc.array(fc.tuple(id, row), { maxLength: 100, size: 'max' }), (users) => {
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
    );
  });

  test('are remembered while their number grows beyond every size that the table takes', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 8_000 })), fc.infiniteStream(fc.nat({ max: 9 })), (ids, rows) => {
        const users = [...ids.take(20_000)].map((id): Seen => [`user ${id}`, `${rows.next().value}`]);
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
      { numRuns: 5 },
    );
  });

  test('are all remembered at every number on the way to ten thousand', () => {
    const seen = new SeenUsers();
    const count = 10_000;
    for (let last = 0; last < count; last++) {
      expect(seen.add(userOf(`user ${last}`), 'row')).toBe('new');
      const earlier = (last * 7919) % (last + 1);
      expect(seen.add(userOf(`user ${earlier}`), 'row')).toBe('same');
      expect(seen.add(userOf(`user ${earlier}`), 'another')).toBe('different');
    }
    const again = Array.from({ length: count }, (_, i) => seen.add(userOf(`user ${i}`), 'row'));
    expect(again.filter((verdict) => verdict !== 'same')).toEqual([]);
  });
});
