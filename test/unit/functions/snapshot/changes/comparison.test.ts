import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countChanges } from '../../../../../functions/snapshot/changes/change.ts';
import { Comparison } from '../../../../../functions/snapshot/changes/comparison.ts';
import { lineOf } from '../../../../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { compare, expectFaithful, SPAN } from '../../../../support/change-feed.ts';
import { user } from '../../../../support/user-histories.ts';

/** Which change each difference between two snapshots counts as. */

describe('the comparison of one user', () => {
  const plain: User = {
    id: '5ffc5ca3c4b329000e9d1065',
    created_at: '2021-01-11T14:11:47.052Z',
    first_name: 'Roger',
    last_name: 'Rabbit',
    email: 'roger@example.com',
    roles: ['customer-user'],
    disabled: false,
    owner_organization: '5ffc5ca1c4b329000e9d1063',
    groups: ['g1'],
    default_group: null,
    last_active: null,
    extra_json: null,
  };
  const ADMINISTRATOR = { roles: ['customer-admin'] };
  const linesOf = async (before: Partial<User>, after: Partial<User>) =>
    (await compare([{ ...plain, ...before }], [{ ...plain, ...after }])).changes.map(({ change, before, after }) => [
      change,
      before,
      after,
    ]);

  test.each<[string, Partial<User>, Partial<User>, (string | null)[][]]>([
    ['unknown roles equal no roles', { roles: null }, { roles: [] }, []],
    ['no roles equal unknown roles', { roles: [] }, { roles: null }, []],
    ['roles that become unknown were not removed', {}, { roles: null }, []],
    ['an administrator whose roles become unknown was not revoked', ADMINISTRATOR, { roles: null }, []],
    [
      'an administrator whose roles were unknown may be new',
      { roles: null },
      { roles: ['a', 'customer-admin'] },
      [['admin_granted', null, '"customer-admin"']],
    ],
    ['other roles that were unknown were not added', { roles: null }, { roles: ['a', 'customer-user'] }, []],
    ['roles that stay unknown are no change', { roles: null }, { roles: null }, []],
    ['a role listed twice is one role', { roles: ['customer-user', 'customer-user'] }, {}, []],
    [
      'the order of roles and groups does not matter',
      { roles: ['b', 'a'], groups: ['2', '1'] },
      { roles: ['a', 'b'], groups: ['1', '2'] },
      [],
    ],
    [
      'a role that only looks like the administrator role is an ordinary role',
      {},
      { roles: ['Customer-Admin', 'customer-user'] },
      [['role_added', null, '"Customer-Admin"']],
    ],
    [
      'a role that starts like the administrator role is an ordinary role',
      {},
      { roles: ['customer-admin-x', 'customer-user'] },
      [['role_added', null, '"customer-admin-x"']],
    ],
    [
      'a group named like the administrator role is a group',
      {},
      { groups: ['customer-admin', 'g1'] },
      [['group_added', null, '"customer-admin"']],
    ],
    ['a user is disabled', {}, { disabled: true }, [['disabled', 'false', 'true']]],
    ['a user is enabled', { disabled: true }, {}, [['enabled', 'true', 'false']]],
    ['a disabled user whose state was unknown is no change', { disabled: null }, { disabled: true }, []],
    ['an enabled user whose state was unknown is no change', { disabled: null }, {}, []],
    ['a disabled user whose state becomes unknown is no change', { disabled: true }, { disabled: null }, []],
    ['groups that become unknown were not removed', {}, { groups: null }, []],
    ['groups that were unknown were not added', { groups: null }, {}, []],
    [
      'unknown values do not hide other changes',
      { roles: null, groups: null, disabled: null },
      { email: 'new@example.com' },
      [['email_changed', '"roger@example.com"', '"new@example.com"']],
    ],
    ['an empty address differs from a missing one', { email: '' }, { email: null }, [['email_changed', '""', null]]],
    [
      'an empty first name differs from a missing one',
      { first_name: '' },
      { first_name: null },
      [['name_changed', '{"first_name":"","last_name":"Rabbit"}', '{"first_name":null,"last_name":"Rabbit"}']],
    ],
    [
      'first and last name share one line',
      {},
      { first_name: 'R', last_name: 'R' },
      [['name_changed', '{"first_name":"Roger","last_name":"Rabbit"}', '{"first_name":"R","last_name":"R"}']],
    ],
    ['a default group is added', {}, { default_group: 'g1' }, [['default_group_changed', null, '"g1"']]],
    ['a default group is removed', { default_group: 'g1' }, {}, [['default_group_changed', '"g1"', null]]],
    [
      'creation, activity, organization and unknown fields are never changes',
      {},
      { created_at: null, last_active: '2026-11-22T00:00:00.000Z', owner_organization: 'x', extra_json: '{}' },
      [],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await linesOf(before, after)).toEqual(expected);
  });

  test('reports several changes as one line each, sorted', async () => {
    const before: Partial<User> = {
      roles: ['a', 'customer-admin'],
      groups: ['g1', 'g2'],
      disabled: true,
      email: 'old@example.com',
    };
    const after: Partial<User> = {
      roles: ['b', 'c'],
      groups: ['g2', 'g3'],
      email: null,
      first_name: null,
      default_group: 'g3',
    };
    expect(await linesOf(before, after)).toEqual([
      ['admin_revoked', '"customer-admin"', null],
      ['default_group_changed', null, '"g3"'],
      ['email_changed', '"old@example.com"', null],
      ['enabled', 'true', 'false'],
      ['group_added', null, '"g3"'],
      ['group_removed', '"g1"', null],
      ['name_changed', '{"first_name":"Roger","last_name":"Rabbit"}', '{"first_name":null,"last_name":"Rabbit"}'],
      ['role_added', null, '"b"'],
      ['role_added', null, '"c"'],
      ['role_removed', '"a"', null],
    ]);
  });

  test('has one line for a joiner or leaver whose roles, groups and state are unknown', async () => {
    const silent = { ...plain, roles: null, groups: null, disabled: null };
    const kinds = (await compare([{ ...silent, id: 'a' }], [{ ...silent, id: 'b' }])).changes.map(
      (line) => line.change,
    );
    expect(kinds).toEqual(['left', 'joined']);
  });

  test('counts the users who are in both snapshots, whatever their order', async () => {
    const named = (...ids: string[]) => ids.map((id) => ({ ...plain, id }));
    expect((await compare(named('a', 'b', 'c'), named('c', 'd', 'a'))).shared).toBe(2);
    expect((await compare(named('a'), named('b'))).shared).toBe(0);
    expect((await compare([], named('b'))).shared).toBe(0);
  });

  test('puts the whole row of a joiner or leaver on the line, and adds a line for an administrator', async () => {
    const old = { ...plain, id: 'a', roles: ['customer-admin', 'customer-user'] };
    const young = { ...plain, id: 'b', roles: ['customer-admin'], email: null };
    const { changes, counts } = await compare([old], [young]);
    expect(changes).toEqual([
      {
        ...SPAN,
        id: 'a',
        email: 'roger@example.com',
        change: 'admin_revoked',
        before: '"customer-admin"',
        after: null,
      },
      { ...SPAN, id: 'a', email: 'roger@example.com', change: 'left', before: JSON.stringify(old), after: null },
      { ...SPAN, id: 'b', email: null, change: 'admin_granted', before: null, after: '"customer-admin"' },
      { ...SPAN, id: 'b', email: null, change: 'joined', before: null, after: JSON.stringify(young) },
    ]);
    expect(counts).toEqual({ ...countChanges([]), joined: 1, left: 1, admin_granted: 1, admin_revoked: 1 });
  });
});

test.each([0, 1])('a comparison abandoned after %i users closes the previous snapshot', async (count) => {
  const users = fc.sample(user, 3);
  let closed = false;
  const comparison = new Comparison(
    (async function* () {
      try {
        for (const row of users) yield [JSON.stringify(row)];
      } finally {
        closed = true;
      }
    })(),
    SPAN,
  );
  await comparison.add(users.slice(0, count).map(lineOf));
  await comparison.close();
  expect(closed).toBe(true);
});

test('thousands of shuffled users give the same feed as sorted ones', async () => {
  const row = (n: number): User => ({
    id: n.toString(16).padStart(24, '0'),
    created_at: null,
    first_name: 'F',
    last_name: randomBytes(3).toString('hex'),
    email: `${n}@example.com`,
    roles: n % 50 === 0 ? ['customer-admin'] : [],
    disabled: false,
    owner_organization: null,
    groups: [],
    default_group: null,
    last_active: null,
    extra_json: null,
  });
  const before = Array.from({ length: 5000 }, (_, n) => row(n));
  const after = before.filter((_, n) => n % 7 !== 0).map((old, n) => (n % 11 === 0 ? { ...old, disabled: true } : old));
  after.unshift(row(9001), row(9050));
  const mixed = after.toSorted((a, b) => (a.last_name ?? '').localeCompare(b.last_name ?? ''));
  expect(await compare(before, mixed, 65_536, 500)).toEqual(await compare(before, after, 65_536, 500));
  await expectFaithful(before, mixed, 65_536, 500);
});
