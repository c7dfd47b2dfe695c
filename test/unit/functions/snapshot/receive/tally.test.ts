import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATES } from '../../../../../functions/snapshot/contract.ts';
import { onOneLine } from '../../../../../functions/snapshot/format/cell-text.ts';
import { Tally } from '../../../../../functions/snapshot/receive/tally.ts';
import { DOCUMENTED_FIELDS, type ReadUser, type User } from '../../../../../functions/snapshot/user.ts';
import { DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';

const OBSERVED = new Date('2026-11-23T02:15:00.000Z');
const LIMIT = 90 * DAY_MILLISECONDS;
const ago = (milliseconds: number): string => new Date(OBSERVED.getTime() - milliseconds).toISOString();

const WILEY: User = {
  id: '608e9f23980ab6000ed6f696',
  created_at: '2021-05-02T12:46:27.823Z',
  first_name: 'Wiley',
  last_name: 'Coyote',
  email: 'wiley.coyote@acme.com',
  roles: ['customer-user'],
  disabled: false,
  owner_organization: '5ffc5ca1c4b329000e9d1063',
  groups: [],
  default_group: null,
  last_active: null,
  extra_json: null,
};
const NOTHING_ODD: Omit<ReadUser, 'user'> = {
  presentFields: [],
  unknownFields: [],
  aliases: [],
  missingFields: [],
  invalidFields: [],
  loneSurrogates: 0,
};

const readOf = (fields: Partial<User>, drift: Partial<ReadUser> = {}): ReadUser => ({
  ...NOTHING_ODD,
  ...drift,
  user: { ...WILEY, ...fields },
});

function tallyOf(...users: readonly ReadUser[]): Tally {
  const tally = new Tally(OBSERVED);
  for (const user of users) tally.add(user);
  return tally;
}

describe('the state of a user', () => {
  const cases: readonly (readonly [string, string, Partial<User>])[] = [
    ['active now', 'active', { last_active: ago(0) }],
    ['active exactly 90 days ago', 'active', { last_active: ago(LIMIT) }],
    ['active a millisecond more than 90 days ago', 'dormant', { last_active: ago(LIMIT + 1) }],
    ['active long ago', 'dormant', { last_active: '1970-01-01T00:00:00.000Z' }],
    ['active just after the observation', 'active', { last_active: ago(-1) }],
    ['active long ago though created today', 'dormant', { created_at: ago(0), last_active: ago(LIMIT + 1) }],
    ['active, with an unknown creation date', 'active', { created_at: null, last_active: ago(DAY_MILLISECONDS) }],
    ['never active and created now', 'new', { created_at: ago(0) }],
    ['never active and created exactly 90 days ago', 'new', { created_at: ago(LIMIT) }],
    ['never active and created a millisecond more than 90 days ago', 'never_active', { created_at: ago(LIMIT + 1) }],
    ['never active, with an unknown creation date', 'never_active', { created_at: null }],
    ['disabled, though active now', 'disabled', { disabled: true, last_active: ago(0) }],
    ['disabled, though dormant', 'disabled', { disabled: true, last_active: ago(LIMIT + 1) }],
    ['disabled, though new', 'disabled', { disabled: true, created_at: ago(0) }],
    ['disabled, with nothing else known', 'disabled', { disabled: true, created_at: null }],
    ['active, and not known to be disabled', 'active', { disabled: null, last_active: ago(1) }],
    ['never active, and not known to be disabled', 'never_active', { disabled: null }],
  ];

  test.each(cases)('who is %s is %s', (_, state, fields) => {
    const { states, userCount } = tallyOf(readOf(fields));
    expect(states).toEqual({ active: 0, dormant: 0, new: 0, never_active: 0, disabled: 0, [state]: 1 });
    expect(userCount).toBe(1);
  });

  test('is exactly one: the counts add up to the number of users', () => {
    const time = fc.option(fc.integer({ min: -DAY_MILLISECONDS, max: 2 * LIMIT }).map(ago));
    const user = fc.record({ created_at: time, last_active: time, disabled: fc.option(fc.boolean()) });
    fc.assert(
      fc.property(fc.array(user, { maxLength: 50 }), (users) => {
        const { states, userCount } = tallyOf(...users.map((fields) => readOf(fields)));
        expect(userCount).toBe(users.length);
        expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(users.length);
        expect(Object.keys(states)).toEqual(STATES);
      }),
    );
  });
});

describe('roles', () => {
  test('are counted once per user, administrators included, however often a user lists them', () => {
    const tally = tallyOf(
      readOf({ roles: ['customer-admin', 'customer-admin', 'customer-user'] }),
      readOf({ roles: ['customer-admin'] }),
      readOf({ roles: [] }),
      readOf({ roles: null }),
    );
    expect(tally.facts.roles).toEqual({ 'customer-admin': 2, 'customer-user': 1 });
    expect(tally.adminCount).toBe(2);
    expect(tally.userCount).toBe(4);
  });

  test('are counted as none if nobody has one', () => {
    expect(tallyOf(readOf({ roles: [] })).facts.roles).toEqual({});
    expect(tallyOf().facts.drift.unknown_roles).toEqual([]);
  });

  test('make an administrator only if one is exactly customer-admin', () => {
    const roles = ['Customer-Admin', 'customer-admin ', 'admin', 'customer-administrator'];
    expect(tallyOf(readOf({ roles })).adminCount).toBe(0);
  });

  test('that are undocumented are counted and reported', () => {
    const known = ['customer-user', 'customer-admin', 'customer-read-only'];
    const tally = tallyOf(readOf({ roles: [...known, 'customer-owner', 'Customer-Admin'] }), readOf({ roles: [''] }));
    expect(tally.facts.drift.unknown_roles).toEqual(['', 'Customer-Admin', 'customer-owner']);
    expect(Object.keys(tally.facts.roles)).toEqual([
      '',
      'Customer-Admin',
      'customer-admin',
      'customer-owner',
      ...known.slice(2),
      'customer-user',
    ]);
  });

  test('that are undocumented have one count together beyond the fifty that drift names', () => {
    const roles = Array.from({ length: 60 }, (_, i) => `role ${String(i).padStart(2, '0')} ${'x'.repeat(100)}`);
    const tally = tallyOf(readOf({ roles: [...roles, 'customer-admin'] }), readOf({ roles: roles.toReversed() }));
    const { drift, roles: counts } = tally.facts;
    expect(Object.keys(counts)).toEqual(['customer-admin', ...drift.unknown_roles, '…']);
    expect(drift.unknown_roles).toEqual(roles.slice(0, 50).map((role) => role.slice(0, 64)));
    expect(new Set(drift.unknown_roles.map((role) => counts[role]))).toEqual(new Set([2]));
    expect([counts['customer-admin'], counts['…']]).toEqual([1, 20]);
  });

  test('that are equal once shortened count once per user', () => {
    const long = 'x'.repeat(64);
    expect(tallyOf(readOf({ roles: [`${long}1`, `${long}2`] })).facts.roles).toEqual({ [long]: 1 });
  });

  test('in the manifest are never more than the documented ones, fifty other names and their rest, whatever the account has', () => {
    const role = fc.oneof(fc.constantFrom('customer-admin', '…'), fc.string({ unit: 'binary', maxLength: 80 }));
    fc.assert(
      fc.property(fc.array(fc.array(role, { maxLength: 30 }), { maxLength: 8, size: 'max' }), (lists) => {
        const { roles, drift } = tallyOf(...lists.map((list) => readOf({ roles: list }))).facts;
        const named = Object.keys(roles).filter((name) => name !== 'customer-admin');
        expect(named.filter((name) => !drift.unknown_roles.includes(name) && name !== '…')).toEqual([]);
        expect(named.length).toBeLessThanOrEqual(51);
      }),
      { numRuns: 100 },
    );
  });

  test('named like properties of every object are ordinary roles', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const tally = tallyOf(readOf({ roles: names }), readOf({ roles: names }));
    expect(JSON.stringify(tally.facts.roles)).toBe('{"__proto__":2,"constructor":2,"toString":2}');
    expect(tally.facts.drift.unknown_roles).toEqual(names);
  });
});

describe('owner organizations', () => {
  test('are one, or none if no user has one', () => {
    expect([...tallyOf(readOf({}), readOf({ owner_organization: null }), readOf({})).organizations]).toEqual([
      WILEY.owner_organization,
    ]);
    expect([...tallyOf(readOf({ owner_organization: null })).organizations]).toEqual([]);
  });

  test('are two if there are several, because only two are kept', () => {
    const users = ['a', null, 'a', 'b', 'c', 'd'].map((owner_organization) => readOf({ owner_organization }));
    expect([...tallyOf(...users).organizations]).toEqual(['a', 'b']);
  });

  test('are bounded and on one line in the manifest, which is never deleted', () => {
    const { owner_organization } = tallyOf(readOf({ owner_organization: `a\u009b${'x'.repeat(1000)}` })).facts;
    expect(owner_organization).toBe(`a ${'x'.repeat(62)}`);
    expect(tallyOf(readOf({ owner_organization: null })).facts.owner_organization).toBeNull();
  });

  test('include one with an empty name', () => {
    expect(tallyOf(readOf({}), readOf({ owner_organization: '' })).organizations.size).toBe(2);
  });
});

describe('valid values', () => {
  test('are counted for each documented field', () => {
    const tally = tallyOf(
      readOf({}, { presentFields: ['email', 'roles'] }),
      readOf({}, { presentFields: ['roles', 'lastActive'] }),
    );
    expect(tally.facts.present).toEqual({
      createdAt: 0,
      firstName: 0,
      lastName: 0,
      email: 1,
      roles: 2,
      disabled: 0,
      ownerOrganization: 0,
      groups: 0,
      defaultGroup: 0,
      lastActive: 1,
    });
    expect(Object.keys(tally.facts.present)).toEqual(DOCUMENTED_FIELDS);
  });
});

describe('drift', () => {
  test('is empty for a documented account', () => {
    expect(tallyOf(readOf({}), readOf({ roles: ['customer-admin'] })).facts.drift).toEqual({
      unknown_fields: [],
      unknown_roles: [],
      aliases: [],
      missing_fields: [],
      invalid_fields: [],
      invalid_values: 0,
      duplicates: 0,
      lone_surrogates: 0,
    });
  });

  test('lists each name once, sorted, and adds up the counts', () => {
    const tally = tallyOf(
      readOf(
        {},
        {
          unknownFields: ['b', 'a'],
          aliases: ['id'],
          missingFields: ['roles', 'email'],
          invalidFields: ['lastActive', 'disabled'],
          loneSurrogates: 2,
        },
      ),
      readOf(
        {},
        {
          unknownFields: ['a', 'B'],
          aliases: ['createAt', 'id'],
          missingFields: ['email'],
          invalidFields: ['disabled'],
          loneSurrogates: 3,
        },
      ),
    );
    tally.duplicates++;
    expect(tally.facts.drift).toEqual({
      unknown_fields: ['B', 'a', 'b'],
      unknown_roles: [],
      aliases: ['createAt', 'id'],
      missing_fields: ['email', 'roles'],
      invalid_fields: ['disabled', 'lastActive'],
      invalid_values: 3,
      duplicates: 1,
      lone_surrogates: 5,
    });
  });

  test('lists at most the first fifty names in sort order, whatever order they arrive in', () => {
    const names = Array.from({ length: 200 }, (_, i) => `field ${String(i).padStart(3, '0')}`);
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 200 }), (shuffled) => {
        const users = shuffled.map((name) => readOf({ roles: [name] }, { unknownFields: [name, 'field 000'] }));
        const { drift } = tallyOf(...users).facts;
        expect(drift.unknown_fields).toEqual(names.slice(0, 50));
        expect(drift.unknown_roles).toEqual(names.slice(0, 50));
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['unchanged', 'x'.repeat(64), 'x'.repeat(64)],
    ['shortened', 'x'.repeat(65), 'x'.repeat(64)],
    ['shortened if it is very long', 'x'.repeat(1_000_000), 'x'.repeat(64)],
    ['unchanged if each character takes two code units', '😀'.repeat(64), '😀'.repeat(64)],
    ['shortened between characters', `x${'😀'.repeat(64)}`, `x${'😀'.repeat(63)}`],
    ['well-formed', `\ud800${'x'.repeat(70)}`, `\ufffd${'x'.repeat(63)}`],
    ['well-formed if it is short', 'a\udc00', 'a\ufffd'],
    ['on one line, without what steers a terminal', 'a\r\nb\u001b[31m\u009b2J\u2028c', 'a b [31m 2J c'],
  ])('lists a name of up to 64 characters %s', (_, name, expected) => {
    const { drift } = tallyOf(readOf({ roles: [name] }, { unknownFields: [name] })).facts;
    expect(drift.unknown_fields).toEqual([expected]);
    expect(drift.unknown_roles).toEqual([expected]);
  });

  test('lists names that are equal once shortened only once', () => {
    const unknownFields = [`${'x'.repeat(64)}1`, `${'x'.repeat(64)}2`, '\ud800', '\udc00', '\ufffd'];
    expect(tallyOf(readOf({}, { unknownFields })).facts.drift.unknown_fields).toEqual(['x'.repeat(64), '\ufffd']);
  });

  test('stays bounded, sorted and well-formed for any names', () => {
    const half = fc.constantFrom('\ud83d', '\ude00', 'x', '\0', '😀');
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: half, maxLength: 140 }));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 120, size: 'max' }), (unknownFields) => {
        const names = tallyOf(readOf({}, { unknownFields })).facts.drift.unknown_fields;
        expect(names.length).toBe(
          Math.min(
            50,
            new Set(unknownFields.map((field) => onOneLine([...field].slice(0, 64).join('').toWellFormed()))).size,
          ),
        );
        expect(names).toEqual(names.toSorted());
        expect(
          names.filter((field) => !field.isWellFormed() || [...field].length > 64 || /\p{Cc}/u.test(field)),
        ).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
