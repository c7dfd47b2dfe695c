import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { User } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { Comparison, newChanges, noChanges } from '../../../../../functions/snapshot/changes/comparison.ts';
import { compare, expectFaithful, KINDS, SPAN } from '../../../../support/change-feed.ts';
import { user } from '../../../../support/user-histories.ts';

/** Which change each difference between two snapshots is. */

describe('of one user', () => {
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
  const linesOf = async (before: Partial<User>, after: Partial<User>) =>
    (await compare([{ ...plain, ...before }], [{ ...plain, ...after }])).changes.map(({ change, before, after }) => [
      change,
      before,
      after,
    ]);

  test.each<[string, Partial<User>, Partial<User>, (string | null)[][]]>([
    ['roles that are not said and no roles compare alike', { roles: null }, { roles: [] }, []],
    ['no roles and roles that are not said compare alike', { roles: [] }, { roles: null }, []],
    ['roles that are not said any more were removed', {}, { roles: null }, [['role_removed', '"customer-user"', null]]],
    [
      'the administrator whose roles are not said any more was revoked',
      { roles: ['customer-admin'] },
      { roles: null },
      [['admin_revoked', '"customer-admin"', null]],
    ],
    ['a role that stands twice is one', { roles: ['customer-user', 'customer-user'] }, {}, []],
    [
      'the order of roles and groups says nothing',
      { roles: ['b', 'a'], groups: ['2', '1'] },
      { roles: ['a', 'b'], groups: ['1', '2'] },
      [],
    ],
    [
      'a role that only looks like the administrator is a role',
      {},
      { roles: ['Customer-Admin', 'customer-user'] },
      [['role_added', null, '"Customer-Admin"']],
    ],
    [
      'a role that begins like the administrator is a role',
      {},
      { roles: ['customer-admin-x', 'customer-user'] },
      [['role_added', null, '"customer-admin-x"']],
    ],
    [
      'a group called like the administrator is a group',
      {},
      { groups: ['customer-admin', 'g1'] },
      [['group_added', null, '"customer-admin"']],
    ],
    ['a disabled user', {}, { disabled: true }, [['disabled', 'false', 'true']]],
    ['an enabled user', { disabled: true }, {}, [['enabled', 'true', 'false']]],
    [
      'a user of whom it is said now that they are disabled',
      { disabled: null },
      { disabled: true },
      [['disabled', null, 'true']],
    ],
    ['a user of whom it is said now that they are not disabled', { disabled: null }, {}, [['enabled', null, 'false']]],
    ['an empty address is not an absent one', { email: '' }, { email: null }, [['email_changed', '""', null]]],
    [
      'an empty first name is not an absent one',
      { first_name: '' },
      { first_name: null },
      [['name_changed', '{"first_name":"","last_name":"Rabbit"}', '{"first_name":null,"last_name":"Rabbit"}']],
    ],
    [
      'both names are one line',
      {},
      { first_name: 'R', last_name: 'R' },
      [['name_changed', '{"first_name":"Roger","last_name":"Rabbit"}', '{"first_name":"R","last_name":"R"}']],
    ],
    ['a default group that is new', {}, { default_group: 'g1' }, [['default_group_changed', null, '"g1"']]],
    ['a default group that has gone', { default_group: 'g1' }, {}, [['default_group_changed', '"g1"', null]]],
    [
      'when someone was created or active, their organization and unknown fields never count',
      {},
      { created_at: null, last_active: '2026-11-22T00:00:00.000Z', owner_organization: 'x', extra_json: '{}' },
      [],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await linesOf(before, after)).toEqual(expected);
  });

  test('everything at once is one line a thing, in order', async () => {
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

  test('who leaves and who joins has the whole row on the line, and an administrator a line more', async () => {
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
    expect(counts).toEqual({ ...noChanges(), joined: 1, left: 1, admin_granted: 1, admin_revoked: 1 });
  });
});

test.each([0, 1])('a comparison that is given up after %i users closes the snapshot before', async (count) => {
  const users = fc.sample(user, 3);
  let closed = false;
  const comparison = new Comparison(
    (async function* () {
      try {
        for (const row of users) yield [row];
      } finally {
        closed = true;
      }
    })(),
    SPAN,
  );
  await comparison.add(users.slice(0, count));
  await comparison.close();
  expect(closed).toBe(true);
});

test('thousands of users in random order are compared as in alike order', async () => {
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

describe('a second run on a day counts as new', () => {
  const counts = fc.array(fc.nat(20), { minLength: 13, maxLength: 13 }).map((numbers) => {
    const all = noChanges();
    for (const [i, kind] of KINDS.entries()) all[kind] = numbers[i] ?? 0;
    return all;
  });

  test('everything where the day had no manifest before it, or one with nothing to compare', () => {
    fc.assert(
      fc.property(counts, (now) => {
        expect(newChanges(now, null)).toEqual(now);
      }),
    );
  });

  test('of each kind what is beyond the manifest before it, and never less than nothing', () => {
    fc.assert(
      fc.property(counts, counts, (now, before) => {
        const added = newChanges(now, before);
        for (const kind of KINDS) expect(added[kind]).toBe(now[kind] > before[kind] ? now[kind] - before[kind] : 0);
      }),
    );
  });
});
