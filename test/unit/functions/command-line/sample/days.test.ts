import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type SampleUser, sampleGroups, sampleUsers } from '../../../../../functions/command-line/sample/account.ts';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { countChanges } from '../../../../../functions/snapshot/changes/change.ts';
import { type Difference, differences } from '../../../../../functions/snapshot/changes/diff.ts';
import { CHANGES, type ChangeKind } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, take } from '../../../../support/take.ts';

/** From the day on which all employees have been created. */
const day = fc.date({ min: new Date('2025-11-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const daysFrom = (first: Date, count: number): Date[] =>
  Array.from({ length: count }, (_, i) => new Date(first.getTime() + i * DAY_MILLISECONDS));
const nextDay = (date: Date): Date => new Date(date.getTime() + DAY_MILLISECONDS);

const byId = (users: readonly SampleUser[]): ReadonlyMap<string, User> =>
  new Map(users.map((user, i) => [user._id, toUser(user, i, () => JSON.stringify(user), new Date()).user]));

/** What the product's own comparison finds between two days. */
function changesBetween(earlier: Date, later: Date): Difference[] {
  return comparison(byId(sampleUsers(earlier)), byId(sampleUsers(later)));
}

function comparison(before: ReadonlyMap<string, User>, after: ReadonlyMap<string, User>): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => differences(before.get(id), after.get(id)));
}
const kindsIn = (changes: readonly Difference[]): ReadonlySet<ChangeKind> =>
  new Set(changes.map(({ change }) => change));

describe('any days of the sample account in a row', () => {
  test('show every kind of change within 30 days, whichever day is the first', () => {
    fc.assert(
      fc.property(day, (first) => {
        const days = daysFrom(first, 30).map((date) => byId(sampleUsers(date)));
        const changes = days.slice(1).flatMap((after, i) => comparison(days[i] ?? new Map(), after));
        expect([...kindsIn(changes)].sort()).toEqual([...CHANGES].sort());
      }),
      { numRuns: 20 },
    );
  });

  test('change a little on every working day and not at all at weekends', () => {
    fc.assert(
      fc.property(day, (first) => {
        const changes = changesBetween(first, nextDay(first));
        expect(changes.length).toBeLessThanOrEqual(4);
        const weekend = [0, 1].includes(nextDay(first).getUTCDay()); // a day shows what happened on the day before
        expect(changes.length > 0).toBe(!weekend);
      }),
      { numRuns: 100 },
    );
  });

  test('repeat after 28 days, except for the visitors, who are other people by then', () => {
    fc.assert(
      fc.property(day, (first) => {
        const rest = ({ createdAt, lastActive, ...user }: SampleUser) => user;
        const employees = (date: Date) =>
          sampleUsers(date)
            .filter(({ createdAt }) => createdAt < '2025-10-21')
            .map(rest);
        const later = new Date(first.getTime() + 28 * DAY_MILLISECONDS);
        expect(employees(later)).toEqual(employees(first));
        const changed = kindsIn(changesBetween(first, later));
        expect([...changed].sort()).toEqual(['joined', 'left']);
      }),
      { numRuns: 50 },
    );
  });

  test('keep the ids, creation times and order of everybody who stays, and list those who join last', () => {
    fc.assert(
      fc.property(day, (first) => {
        const [before, after] = [sampleUsers(first), sampleUsers(nextDay(first))];
        const ids = new Set(after.map(({ _id }) => _id));
        const stayed = before.filter(({ _id }) => ids.has(_id)).map(({ _id, createdAt }) => [_id, createdAt]);
        expect(after.slice(0, stayed.length).map(({ _id, createdAt }) => [_id, createdAt])).toEqual(stayed);
        expect(Math.abs(after.length - before.length)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  test("never make anybody less recently active, and leave a disabled user's last activity unchanged", () => {
    fc.assert(
      fc.property(day, (first) => {
        const before = new Map(sampleUsers(first).map((user) => [user._id, user]));
        for (const { _id, disabled, lastActive = '' } of sampleUsers(nextDay(first))) {
          const was = before.get(_id);
          expect(lastActive >= (was?.lastActive ?? '')).toBe(true);
          if (disabled && was?.disabled) expect(lastActive).toBe(was.lastActive ?? '');
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('the sample account is the same at any moment of a UTC date', () => {
  fc.assert(
    fc.property(day, fc.nat(DAY_MILLISECONDS - 1), (date, millisecond) => {
      const midnight = Math.floor(date.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
      expect(sampleUsers(new Date(midnight + millisecond))).toEqual(sampleUsers(new Date(midnight)));
    }),
    { numRuns: 50 },
  );
});

test('ten days of the sample account are published one after another, each counts its changes, and all verify as sound', async () => {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = new FolderStore(folder);
  const days = daysFrom(new Date('2026-11-13T02:15:00Z'), 10);
  for (const [i, now] of days.entries()) {
    const date = { date: now.toUTCString() };
    const groups = answer(sampleGroups(), 200, date);
    const server = await serveAnodot({ users: answer(sampleUsers(now), 200, date), groups });
    const { manifest } = await take({ url: server.url, store, run: { startedAt: now, now: () => now } }).finally(
      server.close,
    );
    const previous = days[i - 1];
    expect(manifest?.changes).toEqual(previous ? countChanges(changesBetween(previous, now)) : null);
  }
  expect(await verify(store, { today: '2026-11-22' })).toMatchObject({ status: 'sound', findings: [], commits: 10 });
});
