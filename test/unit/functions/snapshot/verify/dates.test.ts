import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Commit } from '../../../../../functions/snapshot/commits/commit.ts';
import { misdatedCommits } from '../../../../../functions/snapshot/verify/dates.ts';
import { dtOf } from '../../../../support/clock.ts';
import { bogusCommit } from '../../../../support/rehash.ts';

/** Which commits have a date that no run can have given them. */

const LATEST = dtOf(60);
const on = (days: readonly number[]): Commit[] => days.map((day, i) => bogusCommit(i + 1, dtOf(day)));
const wrong = (commits: readonly Commit[], latest = LATEST) => Object.fromEntries(misdatedCommits(commits, latest));
const named = (...days: number[]) => Object.keys(wrong(on(days))).map(Number);

const EARLIER = 'is dated before the previous commit';

describe('a commit is misdated', () => {
  const one = (dt: string, committedAt: string) =>
    wrong([bogusCommit(1, dt, { committed_at: committedAt })], '2020-02-26');

  test('if it is dated after the latest possible day', () => {
    expect(one('2020-02-26', '2020-02-26T23:59:59.999Z')).toEqual({});
    expect(one('2020-02-27', '2020-02-27T00:00:00.000Z')).toEqual({ 1: 'is dated in the future, 2020-02-27' });
    expect(one('2020-02-26', '2020-02-27T00:00:00.000Z')).toEqual({ 1: 'is dated in the future, 2020-02-26' });
    expect(one('2020-02-27', '2020-02-26T12:00:00.000Z')).toEqual({ 1: 'is dated in the future, 2020-02-27' });
    expect(one('9999-12-31', '9999-12-31T23:59:59.999Z')).toEqual({ 1: 'is dated in the future, 9999-12-31' });
    expect(one('9999-12-31', '2020-02-26T12:00:00.000Z')).toEqual({ 1: 'is dated in the future, 9999-12-31' });
  });

  test('if it is dated before 2000, as by a clock that was never set', () => {
    expect(one('2000-01-01', '2000-01-01T00:00:00.000Z')).toEqual({});
    for (const dt of ['1999-12-31', '1970-01-01', '0001-01-01', '0000-01-01'])
      expect(one(dt, `${dt}T00:00:00.000Z`)).toEqual({
        1: `is dated ${dt}, before there was anything to snapshot`,
      });
  });

  test('if it was committed neither on its day nor on the next', () => {
    expect(one('2020-02-24', '2020-02-24T00:00:00.000Z')).toEqual({});
    expect(one('2020-02-24', '2020-02-25T23:59:59.999Z')).toEqual({});
    expect(one('2020-02-24', '2020-02-23T23:45:00.000Z')).toEqual({}); // its clock was set back while it ran
    for (const committedAt of ['2020-02-26T00:00:00.000Z', '2020-02-23T23:44:59.999Z', '2001-01-01T00:00:00.000Z'])
      expect(one('2020-02-24', committedAt)).toEqual({ 1: `is dated 2020-02-24, but was committed at ${committedAt}` });
  });
});

describe('of commits whose dates go back', () => {
  test('the one of a later day than its successors is named, but not the honest ones after it', () => {
    expect(wrong(on([1, 9, 2, 3]))).toEqual({
      2: 'is dated after commits/00000003.json, a later commit',
    });
    expect(wrong(on([1, 9, 9, 2, 2, 3]))).toEqual({
      2: 'is dated after commits/00000004.json, a later commit',
      3: 'is dated after commits/00000004.json, a later commit',
    });
    expect(wrong(on([1, 9, 3, 9, 4]))).toEqual({
      2: 'is dated after commits/00000003.json, a later commit',
      4: 'is dated after commits/00000005.json, a later commit',
    });
  });

  test('the one of an earlier day than several before it is named', () => {
    expect(wrong(on([5, 6, 2, 7]))).toEqual({ 3: EARLIER });
    expect(wrong(on([5, 6, 6, 7, 2]))).toEqual({ 5: EARLIER });
    expect(wrong(on([5, 6, 2, 3, 7]))).toEqual({
      1: 'is dated after commits/00000003.json, a later commit',
      2: 'is dated after commits/00000003.json, a later commit',
    });
  });

  test('the earlier of two is named if nothing else decides, because no run commits after a commit of a later day', () => {
    expect(named(9, 2)).toEqual([1]);
    expect(named(1, 9, 2)).toEqual([2]);
    expect(named(3, 2, 1)).toEqual([1, 2]);
  });

  test('none is named because of another that is misdated on its own', () => {
    expect(
      wrong([
        ...on([1]),
        bogusCommit(2, '9999-12-31'),
        bogusCommit(3, dtOf(2)),
        bogusCommit(4, '1970-01-01'),
        bogusCommit(5, dtOf(2)),
      ]),
    ).toEqual({
      2: 'is dated in the future, 9999-12-31',
      4: 'is dated 1970-01-01, before there was anything to snapshot',
    });
  });

  test('none is named if dates only repeat or skip days', () => {
    expect(named()).toEqual([]);
    expect(named(1, 1, 1, 2, 5, 5, 30)).toEqual([]);
  });
});

test('one commit of a later day inserted into any honest chain is the only one named', () => {
  const honest = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(honest, fc.nat(), fc.integer({ min: 31, max: 60 }), (days, seed, day) => {
      const sorted = days.toSorted((a, b) => a - b);
      const at = seed % sorted.length;
      expect(named(...sorted.toSpliced(at, 0, day))).toEqual([at + 1]);
    }),
  );
});

test('as few commits as possible are named, and the dates of the others do not go back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 9 }), (days) => {
      const blamed = new Set(named(...days));
      const kept = days.filter((_, i) => !blamed.has(i + 1));
      expect(kept).toEqual(kept.toSorted((a, b) => a - b));
      expect(kept).toHaveLength(longestByTrying(days));
    }),
  );
});

/** The length of the longest selection of days that never go back, found by trying all. */
function longestByTrying([first, ...rest]: readonly number[], from = 0): number {
  if (first === undefined) return 0;
  const without = longestByTrying(rest, from);
  return first < from ? without : Math.max(without, 1 + longestByTrying(rest, first));
}
