import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gate } from '../../../../../functions/snapshot/receive/gate.ts';
import { Tally } from '../../../../../functions/snapshot/receive/tally.ts';
import { newAccount } from '../../../../support/account-days.ts';
import { shown } from '../../../../support/fault-table.ts';
import { users, usersOfWhom, verdict } from '../../../../support/gate-verdict.ts';

/** A snapshot is refused, unless forced, if a field is gone that most users had, or if none of its ids was known. */

const WATCHED = [
  ['email', 'a@example.com'],
  ['roles', ['customer-user']],
  ['disabled', false],
  ['ownerOrganization', '5ffc5ca1c4b329000e9d1063'],
  ['createdAt', '2026-01-05T09:00:00.000Z'],
  ['lastActive', '2026-11-20T10:00:00.000Z'],
] as const;

describe('a documented field', () => {
  test.each(WATCHED)(
    '%s that is gone from all users is refused with its figures, and force publishes it',
    async (field, value) => {
      const [before, after] = [usersOfWhom(5, 5, field, value), usersOfWhom(0, 5, field, value)];
      const message = await verdict(before, after);
      expect(message).toContain(`since 2026-11-22: ${field} from 5 of 5 users to 0 of 5.`);
      expect(await verdict(before, after, { force: true })).toBeNull();
      shown('C4', `${field} is renamed for all users`, `exit 6: ${message}`, 'published, every user without it');
      shown('F36a', `${field} gone from 5 of 5 users`, `exit 6: ${message}`, 'published');
    },
  );

  test.each(WATCHED)('%s with values of another type in most users is refused as well', async (field, value) => {
    const message = await verdict(
      usersOfWhom(5, 5, field, value),
      users(5).map((record) => ({ ...record, [field]: 5 })),
    );
    expect(message).toContain(`${field} from 5 of 5 users to 0 of 5`);
    shown('C26', `${field} is the number 5 for every user`, `exit 6: ${message}`, 'exit 5');
  });

  test('that is gone together with others is reported with them in one message', async () => {
    const renamed = users(5).map(({ roles, disabled, ...record }) => ({ ...record, rights: roles, off: disabled }));
    const message = await verdict(users(5), renamed);
    expect(message).toContain('roles from 5 of 5 users to 0 of 5, disabled from 5 of 5 users to 0 of 5.');
    shown(
      'C4',
      'roles and disabled are renamed for all users',
      `exit 6: ${message}`,
      'published: 0 administrators, all revoked',
    );
  });

  test.each([
    ['from 100 % to 40 % of users is refused', [5, 5], [2, 5], true],
    ['from 100 % to exactly half of users is published', [6, 6], [3, 6], false],
    ['from 52 % to 48 % of users is published, an ordinary day', [52, 100], [48, 100], false],
    ['from exactly half to a quarter of users is published', [4, 8], [2, 8], false],
    ['from exactly half to less than a quarter of users is refused', [4, 8], [1, 8], true],
    ['from less than half of users to none is published', [49, 100], [0, 100], false],
    ['that as many users still have out of twice as many is published', [5, 5], [5, 10], false],
    ['that as many users still have out of three times as many is refused', [5, 5], [5, 15], true],
    ['of three users is published', [3, 3], [0, 3], false],
    ['of four users is refused', [4, 4], [0, 4], true],
    ['of four users who become three is refused', [4, 4], [0, 3], true],
    ['of three users who become four is published', [3, 3], [0, 4], false],
  ] as const)('%s', async (title, [had, then], [has, now], refused) => {
    const [before, after] = [
      usersOfWhom(had, then, 'lastActive', WATCHED[5][1]),
      usersOfWhom(has, now, 'lastActive', WATCHED[5][1]),
    ];
    const message = await verdict(before, after);
    if (refused) expect(message).toContain(`lastActive from ${had} of ${then} users to ${has} of ${now}.`);
    else expect(message).toBeNull();
    shown(
      'C4',
      `lastActive ${title.split(' is ')[0]}`,
      message === null ? 'published' : `exit 6: ${message}`,
      refused ? 'published' : undefined,
    );
  });

  test.each(['firstName', 'lastName', 'groups', 'defaultGroup'])(
    '%s may become empty, which proves nothing',
    async (field) => {
      expect(await verdict(users(5), usersOfWhom(0, 5, field, null))).toBeNull();
    },
  );

  test('that becomes an empty text counts as gone', async () => {
    expect(await verdict(users(5), usersOfWhom(5, 5, 'email', ''))).toContain('email from 5 of 5 users to 0 of 5');
  });

  test('is compared in integer arithmetic, whatever the figures', async () => {
    const { at } = await newAccount();
    const { manifest } = await at('2026-11-22T02:15:00Z', users(1));
    if (!manifest) throw new Error('nothing was published');
    const counts = fc.integer({ min: 4, max: 1_000_000 }).chain((all) => fc.tuple(fc.nat(all), fc.constant(all)));
    fc.assert(
      fc.property(counts, counts, ([had, then], [has, now]) => {
        const lost = BigInt(had) * 2n >= BigInt(then) && BigInt(has) * BigInt(then) * 2n < BigInt(had) * BigInt(now);
        const tally = Object.assign(new Tally(new Date()), { userCount: now });
        tally.present.email = has;
        const before = { ...manifest, user_count: then, present: { ...tally.present, email: had } };
        const judge = () => gate(tally, before, { allowEmpty: false, maxDropPercent: 100, force: false });
        if (lost) expect(judge).toThrow('documented fields are missing');
        else judge();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ids', () => {
  const strangers = (count: number) => users(count).map((record) => ({ ...record, _id: `other ${record['_id']}` }));

  test('are refused if none of them was in the compared snapshot, and force publishes them', async () => {
    const message = await verdict(users(5), strangers(4));
    expect(message).toContain('no ids in common: none of the 4 users was among the 5 of 2026-11-22');
    expect(await verdict(users(5), strangers(4), { force: true })).toBeNull();
    shown(
      'C4',
      'every user has a different id than on the day before',
      `exit 6: ${message}`,
      'published: all left, all joined',
    );
    shown('F36a', 'no id in common with the day before', `exit 6: ${message}`, 'published');
  });

  test('of three users are refused after five others', async () => {
    expect(await verdict(users(5), strangers(3))).toContain('no ids in common: none of the 3 users was among the 5');
  });

  test.each([
    ['are published if one of them was in it', users(5), [...strangers(4), ...users(1)]],
    ['are published after a snapshot of three users, even if all are new', users(3), strangers(5)],
  ] as const)('%s', async (_, before, after) => {
    expect(await verdict(before, after)).toBeNull();
  });

  test('are compared with an earlier day, not with an earlier run of the same day', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(5));
    await at('2026-11-23T02:15:00Z', strangers(5), { force: true });
    await expect(at('2026-11-23T10:00:00Z', strangers(5))).rejects.toThrow('among the 5 of 2026-11-22');
    expect((await at('2026-11-23T11:00:00Z', users(5))).manifest?.changes).toMatchObject({ joined: 0, left: 0 });
  });

  test('are compared with nothing on the first day', async () => {
    const { at } = await newAccount();
    expect((await at('2026-11-22T02:15:00Z', users(5))).manifest?.user_count).toBe(5);
  });
});
