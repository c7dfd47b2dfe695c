import { describe, expect, onTestFinished, test } from 'vitest';
import { type SampleUser, sampleGroups, sampleUsers } from '../../../../../functions/command-line/sample/days.ts';
import { serveSample } from '../../../../../functions/command-line/sample/server.ts';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { differences } from '../../../../../functions/snapshot/changes/diff.ts';
import { ADMIN_ROLE, type ChangeKind, KNOWN_ROLES, type State } from '../../../../../functions/snapshot/contract.ts';
import { stateOf } from '../../../../../functions/snapshot/receive/tally.ts';

const DAY = 86_400_000;
const daysFrom = (date: string, count: number): Date[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(date) + i * DAY));

/** Days in a row, over a turn of a year and a 29 February, and one day in each year from 2020 to 2040, in every season. */
const walk = daysFrom('2027-12-20', 75).map((day) => ({ day, users: sampleUsers(day) }));
const spots = Array.from({ length: 21 }, (_, i) => new Date(Date.UTC(2020 + i, (i * 5) % 12, 1 + i))).map((day) => ({
  day,
  users: sampleUsers(day),
}));
const all = [...walk, ...spots];

const read = (users: readonly SampleUser[]) => users.map((user, i) => toUser(user, i, () => user));

/** How often each kind of change happens from each day of the walk to the next. */
const changes = walk.slice(1).map(({ users }, i) => {
  const before = new Map(read(walk[i]?.users ?? []).map(({ user }) => [user.id, user]));
  const after = new Map(read(users).map(({ user }) => [user.id, user]));
  const counts = new Map<ChangeKind, number>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    for (const { change } of differences(before.get(id), after.get(id)))
      counts.set(change, (counts.get(change) ?? 0) + 1);
  }
  return counts;
});

describe('on any day', () => {
  test('there are about 320 users', () => {
    for (const { users } of all) {
      expect(users.length).toBeGreaterThan(320 * 0.9);
      expect(users.length).toBeLessThan(320 * 1.1);
    }
  });

  test('any moment of a UTC date has the same answer', () => {
    const atMidnight = sampleUsers(new Date('2026-11-23T00:00:00.000Z'));
    expect(sampleUsers(new Date('2026-11-23T02:15:00.000Z'))).toEqual(atMidnight);
    expect(sampleUsers(new Date('2026-11-23T23:59:59.999Z'))).toEqual(atMidnight);
  });

  test('no two users share an id or an address', () => {
    for (const { users } of all) {
      expect(new Set(users.map(({ _id }) => _id)).size).toBe(users.length);
      expect(new Set(users.map(({ email }) => email)).size).toBe(users.length);
    }
  });

  test('every user is as the API documents it, and nothing drifts', () => {
    for (const { users } of all) {
      for (const { user, unknownFields, missingFields, aliases, loneSurrogates } of read(users)) {
        expect({ unknownFields, missingFields, aliases, loneSurrogates }).toEqual({
          unknownFields: [],
          missingFields: [],
          aliases: [],
          loneSurrogates: 0,
        });
        expect(user.id).toMatch(/^[0-9a-f]{24}$/);
        expect(user.email).toMatch(/^[a-z]+\.[a-z]+@example\.com$/);
        expect(KNOWN_ROLES).toEqual(expect.arrayContaining([...(user.roles ?? [])]));
        expect(new Set(user.groups).size).toBe(user.groups.length);
        if (user.default_group !== null) expect(user.groups).toContain(user.default_group);
      }
      expect(new Set(users.map(({ ownerOrganization }) => ownerOrganization)).size).toBe(1);
    }
  });

  test('nobody was created or active after the day began, or active before being created', () => {
    for (const { day, users } of all) {
      const begins = new Date(Math.floor(day.getTime() / DAY) * DAY).toISOString();
      for (const { createdAt, lastActive } of users) {
        expect(createdAt <= (lastActive ?? begins) && (lastActive ?? begins) <= begins).toBe(true);
      }
    }
  });

  test('the users come in the order in which they were created', () => {
    for (const { users } of all) {
      const times = users.map(({ createdAt }) => createdAt);
      expect(times).toEqual([...times].sort());
    }
  });

  test('most are active, some dormant, new, never active or disabled, and few administrate or only read', () => {
    for (const { day, users } of all) {
      const share = (count: number) => count / users.length;
      const states = read(users).map(({ user }) => stateOf(user, day.getTime()));
      const inState = (wanted: State) => share(states.filter((state) => state === wanted).length);
      const withRole = (role: string) => share(users.filter(({ roles }) => roles.includes(role)).length);
      expect(inState('active')).toBeGreaterThan(0.7);
      expect(inState('new')).toBeGreaterThan(0);
      expect(inState('never_active')).toBeGreaterThan(0.01);
      expectBetween(inState('dormant'), 0.09, 0.16);
      expectBetween(inState('disabled'), 0.04, 0.08);
      expectBetween(withRole(ADMIN_ROLE), 0.03, 0.07);
      expectBetween(withRole('customer-read-only'), 0.01, 0.06);
    }
  });

  test('names have many scripts, apostrophes, hyphens, spaces and a comma', () => {
    const names = spots.flatMap(({ users }) => users.flatMap(({ firstName, lastName }) => [firstName, lastName]));
    const wanted = [/'/, /-/, / /, /,/, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Arabic}/u];
    for (const pattern of [...wanted, /\p{Script=Devanagari}/u, /\p{Script=Han}/u, /\p{Script=Katakana}/u]) {
      expect(names.some((name) => pattern.test(name))).toBe(true);
    }
  });
});

describe('from one day to the next', () => {
  test('the account never shrinks by more than 3 %', () => {
    for (const [i, { users }] of walk.slice(1).entries()) {
      expect(users.length).toBeGreaterThanOrEqual((walk[i]?.users.length ?? 0) * 0.97);
    }
  });

  test('at most two users join and at most one leaves', () => {
    for (const counts of changes) {
      expect(counts.get('joined') ?? 0).toBeLessThanOrEqual(2);
      expect(counts.get('left') ?? 0).toBeLessThanOrEqual(1);
    }
  });

  test('those who stay keep their order and those who join come last', () => {
    for (const [i, { users }] of walk.slice(1).entries()) {
      const today = users.map(({ _id }) => _id);
      const stayed = (walk[i]?.users ?? []).map(({ _id }) => _id).filter((id) => today.includes(id));
      expect(today.slice(0, stayed.length)).toEqual(stayed);
    }
  });

  test('nobody becomes less recently active, or was created at another time', () => {
    for (const [i, { users }] of walk.slice(1).entries()) {
      const before = new Map((walk[i]?.users ?? []).map((user) => [user._id, user]));
      for (const { _id, createdAt, lastActive = '' } of users) {
        expect(createdAt).toBe(before.get(_id)?.createdAt ?? createdAt);
        expect(lastActive >= (before.get(_id)?.lastActive ?? '')).toBe(true);
      }
    }
  });

  test('a disabled user is not active', () => {
    for (const [i, { users }] of walk.slice(1).entries()) {
      const disabled = new Map((walk[i]?.users ?? []).filter((user) => user.disabled).map((user) => [user._id, user]));
      for (const user of users.filter((user) => user.disabled && disabled.has(user._id))) {
        expect(user.lastActive).toBe(disabled.get(user._id)?.lastActive);
      }
    }
  });

  test.each<ChangeKind>([
    'joined',
    'left',
    'disabled',
    'enabled',
    'admin_granted',
    'admin_revoked',
    'group_added',
    'group_removed',
    'default_group_changed',
    'email_changed',
    'name_changed',
  ])('any ten days in a row show a change of the kind %s', (kind) => {
    for (let first = 0; first + 9 <= changes.length; first++) {
      expect(changes.slice(first, first + 9).some((counts) => counts.has(kind))).toBe(true);
    }
  });
});

describe('served on loopback', () => {
  const noon = new Date('2026-11-23T12:00:00Z');
  const serve = async () => {
    const server = await serveSample(() => noon);
    onTestFinished(() => server.close());
    return server;
  };
  const exchange = (url: string, body: string) => fetch(`${url}/api/v2/access-token`, { method: 'POST', body });

  test('the token buys a bearer, and the bearer the users of the day', async () => {
    const { url, token } = await serve();
    const bought = await exchange(url, JSON.stringify({ refreshToken: token }));
    expect(bought.status).toBe(200);
    const users = await fetch(`${url}/api/v2/users`, { headers: { authorization: `Bearer ${await bought.json()}` } });
    expect(users.status).toBe(200);
    expect(await users.json()).toEqual(sampleUsers(noon));
  });

  test('another token, no JSON, or another bearer is a 401, another path a 404', async () => {
    const { url, token } = await serve();
    const other = await serve();
    const statuses = await Promise.all([
      exchange(url, JSON.stringify({ refreshToken: other.token })),
      exchange(url, token),
      fetch(`${url}/api/v2/users`),
      fetch(`${url}/api/v2/users`, { headers: { authorization: `Bearer ${token}` } }),
      fetch(`${url}/api/v2/groups`),
      fetch(`${url}/api/v2/users`, { method: 'POST' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 404]);
  });

  test('the bearer opens the groups as well, and every group of a user is one of them', async () => {
    const { url, token } = await serve();
    const bearer = await (await exchange(url, JSON.stringify({ refreshToken: token }))).json();
    const groups = await fetch(`${url}/api/v2/groups`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(await groups.json()).toEqual(sampleGroups());
    const ids = new Set(sampleGroups().map(({ id }) => id));
    expect(all.flatMap(({ users }) => users.flatMap((user) => user.groups)).filter((id) => !ids.has(id))).toEqual([]);
  });

  test('closing ends connections that a client keeps open', async () => {
    const server = await serveSample(() => noon);
    await fetch(server.url);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

function expectBetween(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
