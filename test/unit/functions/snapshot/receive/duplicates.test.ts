import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeenUsers } from '../../../../../functions/snapshot/receive/duplicates.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

const userOf = (id: string): User => ({ ...EMPTY_USER, id });

/** Hexadecimal digits, and characters that a careless conversion would take for one. */
const LIKE_DIGITS = [...'0123456789abcdefABCDEFg/:`@ -', '\0', '\u0130', '\u0161', '\uff10', '10', ''];

type Seen = readonly [id: string, row: string];

/** Every other id looks like one of Anodot's. */
const idOf = (n: number): string => (n % 2 === 0 ? n.toString(16).padStart(24, '0') : `user ${n}`);

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

  test('are distinguished exactly as a Map would if their ids look like those of Anodot', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0189af'), minLength: 24, maxLength: 24 });
    const few = fc.tuple(fc.constantFrom('0', 'f'), fc.nat({ max: 23 }), fc.constantFrom(...LIKE_DIGITS));
    const almost = few.map(([digit, at, other]) => digit.repeat(at) + other + digit.repeat(23 - at));
    const row = fc.constantFrom('1', '2');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(digits, almost), row), { maxLength: 300, size: 'max' }), (users) => {
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
      { numRuns: 100 },
    );
  });

  test('are distinguished if the id of one is the hash of the id of another', () => {
    const ids = ['a', hash('sha256', 'a').slice(0, 24)];
    expect(verdicts(ids.map((id) => [id, 'row']))).toEqual(['new', 'new']);
  });

  test('are remembered while the table grows through all its sizes', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 8_000 })), fc.infiniteStream(fc.nat({ max: 9 })), (ids, rows) => {
        const users = [...ids.take(20_000)].map((id): Seen => [idOf(id), `${rows.next().value}`]);
        expect(verdicts(users)).toEqual(verdictsOfMap(users));
      }),
      { numRuns: 3 },
    );
  });

  test('are all remembered at every count up to ten thousand', () => {
    const seen = new SeenUsers();
    const count = 10_000;
    for (let last = 0; last < count; last++) {
      expect(seen.add(userOf(idOf(last)), 'row')).toBe('new');
      const earlier = (last * 7919) % (last + 1);
      expect(seen.add(userOf(idOf(earlier)), 'row')).toBe('same');
      expect(seen.add(userOf(idOf(earlier)), 'another')).toBe('different');
    }
    const again = Array.from({ length: count }, (_, i) => seen.add(userOf(idOf(i)), 'row'));
    expect(again.filter((verdict) => verdict !== 'same')).toEqual([]);
  });
});
