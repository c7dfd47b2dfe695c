import { describe, expect, test } from 'vitest';
import { type Absence, absencesIn, type StoredDay } from '../../../../../functions/snapshot/verify/expiry.ts';
import { dtOf } from '../../../../support/clock.ts';

/** Which days may lack users, changes and groups. Days are counted from 31 January 2020. */

const EXPIRED: Absence = { is: 'expired' };
const because = (reason: string): Absence => ({ is: 'damage', because: reason });

/** Days in a row from the 1st on: `.` is gone, `o` has some objects left, `x` has all. */
const daysFrom = (kept: string): StoredDay[] =>
  [...kept].map((sign, i) => ({ dt: dtOf(i + 1), kept: sign === '.' ? 'none' : sign === 'o' ? 'some' : 'all' }));

describe('without a retention, a day', () => {
  const on = (kept: string, day: number, today: number) =>
    absencesIn(daysFrom(kept), { today: dtOf(today) })(dtOf(day));

  test('has expired if all older days have', () => {
    for (const day of [1, 2, 3]) expect(on('...xx', day, 9)).toEqual(EXPIRED);
    expect(on('.xxxx', 1, 9)).toEqual(EXPIRED);
  });

  test('cannot have expired if the oldest day is complete', () => {
    const damage = because('2020-02-01, the oldest day, still has its objects');
    for (const day of [2, 3, 4]) expect(on('x.xxx', day, 9)).toEqual(damage);
    for (const day of [1, 2]) expect(on('x.xxx', day, 400)).toEqual(damage);
  });

  test('may have expired up to seven days after the oldest day that still has objects, but not eight', () => {
    const kept = '..o......................xx';
    for (const day of [1, 2, 3, 4, 9, 10]) expect(on(kept, day, 40), String(day)).toEqual(EXPIRED);
    for (const day of [11, 12, 25])
      expect(on(kept, day, 40)).toEqual(because('2020-02-03, an older day, still has its objects'));
    expect(on('..x......................xx', 10, 40)).toEqual(EXPIRED);
    expect(on('..x......................xx', 11, 40)).toEqual(
      because('2020-02-03, an older day, still has its objects'),
    );
  });

  test('that is the oldest may have begun to expire once it is over thirty days old', () => {
    const damage = because('2020-02-01, the oldest day, still has its objects');
    for (const day of [1, 2, 8]) {
      expect(on('o.......xx', day, 31)).toEqual(damage);
      expect(on('o.......xx', day, 32)).toEqual(EXPIRED);
    }
    expect(on('o........xx', 9, 400)).toEqual(because('2020-02-01, an older day, still has its objects'));
    expect(on('x.......xx', 8, 400)).toEqual(damage);
  });

  test('of today or yesterday cannot have expired, since the shortest retention is a day', () => {
    const damage = because('the retention is at least one day');
    expect(on('..x', 2, 4)).toEqual(EXPIRED);
    expect(on('..x', 2, 3)).toEqual(damage);
    expect(on('..x', 2, 2)).toEqual(damage);
    expect(on('..x', 3, 3)).toEqual(damage);
  });

  test('that is the newest has expired only if all older ones have, however old it is', () => {
    expect(on('.x.', 3, 4000)).toEqual(because('it is the newest day, and 2020-02-02 still has its objects'));
    expect(on('.o.', 3, 4000)).toEqual(because('it is the newest day, and 2020-02-02 still has its objects'));
    for (const kept of ['...', '..o']) expect(on(kept, 3, 4000), kept).toEqual(EXPIRED);
    expect(on('.', 1, 4000)).toEqual(EXPIRED);
    expect(on('...', 3, 4)).toEqual(because('the retention is at least one day'));
  });

  test('that is not stored at all is judged like the others', () => {
    expect(absencesIn([], { today: dtOf(9) })(dtOf(1))).toEqual(EXPIRED);
  });
});

describe('with a retention, a day', () => {
  const on = (keptDays: number, day: number) =>
    absencesIn(daysFrom('xxxxxxxxxxxx'), { today: dtOf(20), keptDays })(dtOf(day));

  test('that is older may lack anything, and any other day nothing', () => {
    for (const keptDays of [1, 5, 10]) {
      const oldest = 20 - keptDays;
      for (const age of [1, 2, 7, 8]) expect(on(keptDays, oldest - age), `${keptDays} ${age}`).toEqual(EXPIRED);
      for (const age of [0, -1, -keptDays])
        expect(on(keptDays, oldest - age)).toEqual(because(`the retention is ${keptDays} days`));
    }
  });
});

describe('a day that was removed on purpose', () => {
  test('may lack anything, and proves nothing about the others', () => {
    const removed = [dtOf(1), dtOf(5)];
    const without = absencesIn(daysFrom('x.xxx'), { today: dtOf(9), removed });
    expect([1, 5].map((day) => without(dtOf(day)))).toEqual([{ is: 'removed' }, { is: 'removed' }]);
    // Of the other days, the second is the oldest and gone, and the fourth is the newest.
    expect(without(dtOf(2))).toEqual(EXPIRED);
    expect(without(dtOf(3))).toEqual(EXPIRED);
    expect(without(dtOf(4))).toEqual(because('it is the newest day, and 2020-02-03 still has its objects'));
    expect(absencesIn(daysFrom('xx'), { today: dtOf(9), removed, keptDays: 400 })(dtOf(1))).toEqual({ is: 'removed' });
    expect(absencesIn(daysFrom('xx'), { today: dtOf(9), removed, keptDays: 400 })(dtOf(2))).toEqual(
      because('the retention is 400 days'),
    );
  });
});
