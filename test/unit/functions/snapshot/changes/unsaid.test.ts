import { describe, expect, test } from 'vitest';
import { newAccount, type UserRecord } from '../../../../support/account-days.ts';
import { shown } from '../../../../support/fault-table.ts';
import { ada, ben, cleo, dan } from '../../../../support/four-users.ts';

/** A value that is unknown on one day (missing, null or invalid) is not a change, neither on that day nor on the next. */

const admin = { ...ben, roles: ['customer-admin', 'customer-user'] };

/** The lines of each day after the first, for one user with these records among three others who stay the same. */
async function linesOf(...days: readonly (UserRecord | undefined)[]): Promise<unknown[][][]> {
  const { at, feed } = await newAccount();
  const feeds: unknown[][][] = [];
  for (const [i, record] of days.entries()) {
    const dt = `2026-11-2${i + 1}`;
    await at(`${dt}T02:15:00Z`, [ada, cleo, dan, ...(record ? [record] : [])]);
    if (i > 0) feeds.push((await feed(dt)).map(([, , change, before, after]) => [change, before, after]));
  }
  return feeds;
}

const GRANTED = ['admin_granted', null, '"customer-admin"'];

describe('a value that is unknown on one day', () => {
  test.each<[string, readonly (UserRecord | undefined)[], unknown[][][], string]>([
    [
      'roles of an administrator are null, then back',
      [admin, { ...admin, roles: null }, admin],
      [[], [GRANTED]],
      'admin_revoked, admin_granted',
    ],
    [
      'roles of an administrator are absent, then back',
      [admin, { ...admin, roles: undefined }, admin],
      [[], [GRANTED]],
      'admin_revoked, admin_granted',
    ],
    [
      'roles of an administrator are a string, then back',
      [admin, { ...admin, roles: 'customer-admin' }, admin],
      [[], [GRANTED]],
      'exit 5',
    ],
    [
      'roles of another user are null, then back',
      [ben, { ...ben, roles: null }, ben],
      [[], []],
      'role_removed, role_added',
    ],
    [
      'roles are null, then those of an administrator',
      [{ ...ben, roles: null }, admin],
      [[GRANTED]],
      'admin_granted, role_added',
    ],
    [
      'roles of an administrator become an empty list',
      [admin, { ...admin, roles: [] }],
      [
        [
          ['admin_revoked', '"customer-admin"', null],
          ['role_removed', '"customer-user"', null],
        ],
      ],
      '',
    ],
    ['disabled is null, then back', [ben, { ...ben, disabled: null }, ben], [[], []], 'enabled, enabled'],
    [
      'disabled is "true" for a disabled user, then back',
      [
        { ...ben, disabled: true },
        { ...ben, disabled: 'true' },
        { ...ben, disabled: true },
      ],
      [[], []],
      'exit 5',
    ],
    [
      'disabled is null, then true',
      [
        { ...ben, disabled: null },
        { ...ben, disabled: true },
      ],
      [[]],
      'disabled',
    ],
    ['groups are a string, then back', [ben, { ...ben, groups: 'g' }, ben], [[], []], 'exit 5'],
    [
      'groups are null, which means no groups',
      [ben, { ...ben, groups: null }],
      [[['group_removed', `"${ben.groups[0]}"`, null]]],
      '',
    ],
  ])('adds no line, except for an administrator who may be new: %s', async (what, days, expected, before) => {
    const lines = await linesOf(...days);
    expect(lines).toEqual(expected);
    const happened = lines.map((day) => day.map(([change]) => change).join(', ') || 'no line').join('; then ');
    shown('C5', what, happened, before || undefined);
  });

  test('of a user who joins or leaves adds nothing to that one line', async () => {
    const silent = { ...ben, roles: null, disabled: null, groups: 5 };
    const lines = await linesOf(undefined, silent, undefined);
    expect(lines.map((day) => day.map(([change]) => change))).toEqual([['joined'], ['left']]);
    shown('C5', 'a user without `roles` or `disabled` joins, then leaves', 'joined; then left');
  });

  test('of a user who joined without roles adds a line once the user is known to be an administrator', async () => {
    const lines = await linesOf(undefined, { ...admin, roles: null }, admin);
    expect(lines.map((day) => day.map(([change]) => change))).toEqual([['joined'], ['admin_granted']]);
    shown('C5', 'a user joins without roles, and is an administrator the day after', 'joined; then admin_granted');
  });
});
