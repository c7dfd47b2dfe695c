import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Stay, StayWalk } from '../../../../../functions/snapshot/overview/stay-walk.ts';

/** On each snapshot a user is an administrator (A), another user (u) or absent (-). `?` in `unknown` marks steps without a feed. */
interface Lives {
  readonly [id: string]: string;
}

function walked(lives: Lives, unknown: readonly number[] = [], isNewestKnown = true, most = 100) {
  const count = Math.max(...Object.values(lives).map((life) => life.length));
  const ids = Object.keys(lives);
  const at = (id: string, position: number) => lives[id]?.charAt(position) ?? '-';
  const newest = ids.filter((id) => at(id, count - 1) === 'A');
  const walk = new StayWalk(count, isNewestKnown ? newest : undefined, most);
  for (let to = count - 1; to > 0; to--) {
    if (unknown.includes(to)) {
      walk.passUnknown(to);
      continue;
    }
    for (const id of ids) {
      const [before, after] = [at(id, to - 1), at(id, to)];
      if (after === 'A' && before !== 'A') walk.passGranted(id, to);
      if (after !== 'A' && before === 'A') walk.passRevoked(id, to, after === '-' ? 'left' : 'revoked');
      if (after === '-' && before !== '-') walk.passLeft(id, to);
    }
  }
  return walk.end();
}

const text = ({ id, from, from_is_exact, until, until_is_exact, ended }: Stay): string =>
  `${id} ${from ?? 'start'}${from_is_exact ? '' : '?'} to ${until ?? 'now'}${until_is_exact ? '' : '?'} ${ended ?? ''}`.trim();

const staysOf = (...call: Parameters<typeof walked>): readonly string[] => walked(...call).stays.items.map(text);

describe('the stays of administrators', () => {
  test('begin with the first snapshot as one and end with the first that is none, current ones first', () => {
    expect(staysOf({ a: 'AAAA', b: 'uAAu', c: '-AA-', d: 'A-A-' })).toEqual([
      'a start to now',
      'd 2 to 3 left',
      'b 1 to 3 revoked',
      'c 1 to 3 left',
      'd start to 1 left',
    ]);
  });

  test('are counted in each snapshot', () => {
    expect(walked({ a: 'AAAA', b: 'uAAu', c: '-AA-' }).shown).toEqual([1, 3, 3, 1]);
  });

  test('are counted in all, however few are kept', () => {
    const { stays, shown } = walked({ a: 'AuA', b: 'AuA', c: 'AuA' }, [], true, 2);
    expect(stays.items.map(text)).toEqual(['a 2 to now', 'b 2 to now']);
    expect(stays.total).toBe(6);
    expect(shown).toEqual([3, 0, 3]);
  });

  test('continue across a step without a feed if both sides show them', () => {
    expect(staysOf({ a: 'uAAAA', b: 'uAuAA' }, [2])).toEqual(['b 3 to now', 'a 1 to now', 'b 1 to 2 unknown']);
  });

  test('claim no exact start if they may have begun in a step without a feed', () => {
    expect(staysOf({ a: 'AAA', b: 'uAA' }, [1])).toEqual(['a 1? to now', 'b 1? to now']);
  });

  test('begin exactly after a step without a feed if the user was revoked before it', () => {
    expect(staysOf({ a: 'AuAA' }, [2])).toEqual(['a 2 to now', 'a start to 1 revoked']);
    expect(staysOf({ a: 'AuuAA' }, [2, 3])).toEqual(['a 3? to now', 'a start to 1 revoked']);
  });

  test('end on an unknown day if two steps without a feed follow', () => {
    expect(staysOf({ a: 'uAAuu' }, [3, 4])).toEqual(['a 1? to 4? unknown']);
  });

  test('come from the feeds alone if the newest users have expired', () => {
    const { stays, shown } = walked({ a: 'AAAA', b: 'uAAA', c: 'AAuu' }, [], false);
    expect(stays.items.map(text)).toEqual(['b 1 to now', 'c start to 2 revoked']);
    expect(shown).toEqual([1, 2, 1, 1]); // without a, whom no feed mentions
  });

  test('end on an unknown day if no feed recorded the end, because roles were unknown', () => {
    const walk = new StayWalk(4, [], 10);
    walk.passGranted('a', 1);
    expect(walk.end().stays.items.map(text)).toEqual(['a 1 to 3? unknown']);
  });
});

const life = fc.array(fc.constantFrom('A', 'u', '-'), { minLength: 6, maxLength: 6 }).map((states) => states.join(''));

test('whatever feeds are missing, no stay claims an exact day that is wrong', () => {
  const steps = fc.subarray([1, 2, 3, 4, 5]);
  fc.assert(
    fc.property(life, steps, fc.boolean(), (of, unknown, isNewestKnown) => {
      for (const stay of walked({ a: of }, unknown, isNewestKnown).stays.items) expectTrue(of, stay);
    }),
    { numRuns: 3000 },
  );
});

function expectTrue(of: string, { from, from_is_exact, until, until_is_exact, ended }: Stay): void {
  expect(of[from ?? 0], 'an administrator at the start').toBe('A');
  if (from !== null && from_is_exact) expect(of[from - 1], 'not one before').not.toBe('A');
  if (until === null) expect(of.at(-1), 'still one').toBe('A');
  if (until !== null && until_is_exact) {
    expect(of[until], 'no longer one').not.toBe('A');
    expect(of[until - 1], 'one until then').toBe('A');
  }
  if (ended === 'left') expect(of[until ?? 0]).toBe('-');
  if (ended === 'revoked') expect(of[until ?? 0]).toBe('u');
  if (from_is_exact && until_is_exact) expect(of.slice(from ?? 0, until ?? of.length)).toMatch(/^A+$/);
}

test('if the stays account for as many administrators as there were, and all are exact, they are the true ones', () => {
  fc.assert(
    fc.property(life, life, fc.subarray([1, 2, 3, 4, 5]), fc.boolean(), (a, b, unknown, isNewestKnown) => {
      const { stays, shown } = walked({ a, b }, unknown, isNewestKnown);
      const counts = [...a].map((state, i) => Number(state === 'A') + Number(b[i] === 'A'));
      const isExact = stays.items.every((stay) => stay.from_is_exact && stay.until_is_exact);
      if (JSON.stringify(shown) !== JSON.stringify(counts) || !isExact) return;
      const bounds = (all: readonly Stay[]) => all.map(({ id, from, until }) => ({ id, from, until }));
      expect(bounds(stays.items)).toEqual(bounds(walked({ a, b }).stays.items));
    }),
    { numRuns: 3000 },
  );
});
