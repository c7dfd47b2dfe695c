import { describe, expect, test } from 'vitest';
import { sampleUsers } from '../../../../../functions/command-line/sample/account.ts';
import { fateOf, historyDays, scheduleOf } from '../../../../../functions/command-line/sample/calendar.ts';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { differences } from '../../../../../functions/snapshot/changes/diff.ts';
import type { ChangeKind } from '../../../../../functions/snapshot/contract.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { addDays, daysBetween } from '../../../../../functions/snapshot/utc-day.ts';

/** Every day of 420: after them, the account's 28 days and the history's 30 days begin together again. */
const DAYS = daysBetween('2026-01-05', addDays('2026-01-05', 420));
const accounts = memoized(accountOn);

function memoized<Value>(compute: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

function accountOn(dt: string): ReadonlyMap<string, User> {
  const users = sampleUsers(new Date(dt));
  return new Map(users.map((user, i) => [user._id, toUser(user, i, () => '', new Date(dt)).user]));
}

/** The kinds of change between two dates. Most pairs of dates are in thirty histories, and compared once. */
const kindsOf = memoized((pair: string): ReadonlySet<ChangeKind> => {
  const [before, after] = pair.split(' ').map(accounts);
  const ids = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return new Set([...ids].flatMap((id) => differences(before?.get(id), after?.get(id)).map(({ change }) => change)));
});

/** The kinds of change that the snapshots of these dates show, each compared with the one before. */
const kindsAmong = (dates: readonly string[]): ReadonlySet<ChangeKind> =>
  new Set(dates.slice(1).flatMap((dt, i) => [...kindsOf(`${dates[i]} ${dt}`)]));

const publishedBefore = (today: string): string[] => historyDays(today).filter((dt) => fateOf(dt) === 'taken');

describe('whatever the date, the history of the sample', () => {
  test('covers the last 30 days, begins with a snapshot, and has one refused and one missing day', () => {
    for (const today of DAYS) {
      const days = historyDays(today);
      const [first = ''] = days;
      expect(fateOf(first)).toBe('taken');
      expect([addDays(today, -30), addDays(today, -31)]).toContain(first);
      expect(days.filter((dt) => fateOf(dt) === 'refused')).toHaveLength(1);
      const missing = daysBetween(first, today).filter((dt) => !days.includes(dt));
      expect(missing.map(fateOf)).toEqual(['missing']);
      expect(publishedBefore(today).length).toBeGreaterThanOrEqual(28);
    }
  });

  test('shows somebody who joined, somebody who left and a new administrator', () => {
    for (const today of DAYS) {
      const kinds = kindsAmong([...publishedBefore(today), today]);
      expect([...kinds]).toEqual(expect.arrayContaining(['joined', 'left', 'admin_granted', 'admin_revoked']));
    }
  });

  test('shows in its last seven days that somebody joined, left, or became or ceased to be an administrator', () => {
    for (const today of DAYS) {
      const dates = [...publishedBefore(today), today];
      const since = dates.findIndex((dt) => dt >= addDays(today, -6));
      const kinds = kindsAmong(dates.slice(since - 1));
      expect(kinds.isDisjointFrom(new Set(['joined', 'left', 'admin_granted', 'admin_revoked']))).toBe(false);
    }
  });

  test('continues with the day after the newest snapshot, or with that day if its scheduled run may not have ended', () => {
    const commit = { dt: '2026-11-23', run_id: '20261123T080000Z-0a1b2c3d' };
    expect(historyDays('2026-11-26', commit)).toEqual(['2026-11-24', '2026-11-25']);
    const own = { dt: '2026-11-23', run_id: scheduleOf('2026-11-23').runId };
    expect(historyDays('2026-11-26', own)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
    expect(historyDays('2026-11-23', commit)).toEqual([]);
    expect(historyDays('2026-11-22', commit)).toEqual([]);
  });
});
