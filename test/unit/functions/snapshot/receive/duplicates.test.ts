import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeenUsers } from '../../../../../functions/snapshot/receive/duplicates.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

const userOf = (id: string): User => ({ ...EMPTY_USER, id });

type Seen = readonly [id: string, row: string];

/** The verdicts of a plain Map, which keeps the first row of each id. */
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

describe('users already seen', () => {
  test('are new at first, then the same as or different from their first row', () => {
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

  test('are distinguished exactly as a Map would, whatever their ids and rows', () => {
    const id = fc.oneof(
      fc.constantFrom('', 'a', 'A', ' a', '\0', 'é', 'e\u0301', '__proto__'),
      fc.string({ unit: 'binary' }),
    );
    const row = fc.constantFrom('', '1', '2', 'a');
    fc.assert(
      fc.property(fc.array(fc.tuple(id, row), { maxLength: 100, size: 'max' }), (users) => {
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
      { numRuns: 30 },
    );
  });

  test('are remembered while the table grows through all its sizes', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 8_000 })), fc.infiniteStream(fc.nat({ max: 9 })), (ids, rows) => {
        const users = [...ids.take(20_000)].map((id): Seen => [`user ${id}`, `${rows.next().value}`]);
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
      { numRuns: 3 },
    );
  });

  test('are all remembered at every count up to ten thousand', () => {
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
