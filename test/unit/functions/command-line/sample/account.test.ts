import { describe, expect, test } from 'vitest';
import { type SampleUser, sampleGroups, sampleUsers } from '../../../../../functions/command-line/sample/account.ts';
import { toGroup } from '../../../../../functions/snapshot/anodot/group-record.ts';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { ADMIN_ROLE, KNOWN_ROLES, STATES } from '../../../../../functions/snapshot/contract.ts';
import { stateOf } from '../../../../../functions/snapshot/user-state.ts';
import { DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';

/** Two cycles in a row over the turn of a year, and one day in each year up to 2040. */
const DAYS = [
  ...Array.from({ length: 56 }, (_, i) => new Date(Date.UTC(2026, 11, 1 + i))),
  ...Array.from({ length: 14 }, (_, i) => new Date(Date.UTC(2027 + i, (i * 5) % 12, 1 + i, 13, 30))),
];
const ACCOUNTS = DAYS.map((day) => ({ day, users: sampleUsers(day) }));
const read = (users: readonly SampleUser[], day: Date) =>
  users.map((user, i) => toUser(user, i, () => JSON.stringify(user), day));

describe('on any day, the sample account', () => {
  test('has between forty and fifty users', () => {
    for (const { users } of ACCOUNTS) {
      expect(users.length).toBeGreaterThanOrEqual(40);
      expect(users.length).toBeLessThan(50);
    }
  });

  test('has no two users with the same id or e-mail address', () => {
    for (const { users } of ACCOUNTS) {
      expect(new Set(users.map(({ _id }) => _id)).size).toBe(users.length);
      expect(new Set(users.map(({ email }) => email)).size).toBe(users.length);
    }
  });

  test('has only users as the API documents them, so nothing counts as drift', () => {
    const groups = new Set(sampleGroups().map(({ id }) => id));
    for (const { day, users } of ACCOUNTS) {
      for (const { user, unknownFields, missingFields, invalidFields, aliases, loneSurrogates } of read(users, day)) {
        expect({ unknownFields, missingFields, invalidFields, aliases, loneSurrogates }).toEqual({
          unknownFields: [],
          missingFields: [],
          invalidFields: [],
          aliases: [],
          loneSurrogates: 0,
        });
        expect(user.id).toMatch(/^[0-9a-f]{24}$/);
        expect(user.email).toMatch(/^[a-z]+\.[a-z]+@example\.com$/);
        expect(KNOWN_ROLES).toEqual(expect.arrayContaining([...(user.roles ?? [])]));
        expect(user.groups?.filter((id) => !groups.has(id))).toEqual([]);
        expect(user.groups).toContain(user.default_group);
      }
      expect(new Set(users.map(({ ownerOrganization }) => ownerOrganization)).size).toBe(1);
    }
  });

  test('has users in every state, most of them active, and few administrators', () => {
    for (const { day, users } of ACCOUNTS) {
      const states = read(users, day).map(({ user }) => stateOf(user, day.getTime()));
      const count = (state: string) => states.filter((one) => one === state).length;
      expect(count('active')).toBeGreaterThan(0.6 * users.length);
      for (const state of STATES.filter((one) => one !== 'new')) expect(count(state)).toBeGreaterThanOrEqual(2);
      const admins = users.filter(({ roles }) => roles.includes(ADMIN_ROLE)).length;
      expect(admins).toBeGreaterThanOrEqual(4);
      expect(admins).toBeLessThan(0.2 * users.length);
    }
    const withNew = ACCOUNTS.filter(({ day, users }) =>
      read(users, day).some(({ user }) => stateOf(user, day.getTime()) === 'new'),
    );
    expect(withNew.length).toBeGreaterThan(0.8 * ACCOUNTS.length);
  });

  test('has nobody who was created or active after the day began, or active before being created', () => {
    const early = [2016, 2019, 2022, 2025].map((year) => new Date(Date.UTC(year, 5, 15)));
    for (const { day, users } of [...ACCOUNTS, ...early.map((date) => ({ day: date, users: sampleUsers(date) }))]) {
      const begins = new Date(Math.floor(day.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS).toISOString();
      expect(users.length).toBeGreaterThan(0);
      for (const { createdAt, lastActive = begins } of users)
        expect(createdAt < lastActive && lastActive <= begins).toBe(true);
    }
  });

  test('lists its users in the order in which they were created', () => {
    for (const { users } of ACCOUNTS) {
      const times = users.map(({ createdAt }) => createdAt);
      expect(times).toEqual(times.toSorted());
    }
  });
});

test('the names of the sample account have many scripts, two of them right to left, apostrophes, hyphens, spaces and a comma', () => {
  const names = ACCOUNTS.flatMap(({ users }) => users.flatMap(({ firstName, lastName }) => [firstName, lastName]));
  const scripts = ['Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Bengali', 'Han', 'Katakana', 'Hiragana'];
  const patterns = [/'/, /-/, / /, /,/, ...scripts.map((script) => new RegExp(`\\p{Script=${script}}`, 'u'))];
  for (const pattern of patterns) expect(names).toContainEqual(expect.stringMatching(pattern));
});

test('the groups of the sample account are as the API documents them, and no two share a name', () => {
  const groups = sampleGroups().map((group, i) => toGroup(group, i));
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
});
