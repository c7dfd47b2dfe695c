import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';
import { failureOf, ROGER, read, readAll, readFields } from '../../../../support/anodot/read-users.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

/** A documented record becomes a row; a missing, misnamed or wrongly typed field is counted or fails the run. */

const EXPECTED_FIELDS = Object.keys(ROGER).filter((field) => !['_id', 'lastActive'].includes(field));

const without = (field: string): object => Object.fromEntries(Object.entries(ROGER).filter(([name]) => name !== field));

describe('a documented user', () => {
  test('becomes a row of the twelve columns in order, with no drift', () => {
    expect(read(ROGER)).toEqual({
      user: {
        id: '5ffc5ca3c4b329000e9d1065',
        created_at: '2021-01-11T14:11:47.052Z',
        first_name: 'Roger',
        last_name: 'Rabbit',
        email: 'roger.rabbit@acme.com',
        roles: ['customer-admin'],
        disabled: false,
        owner_organization: '5ffc5ca1c4b329000e9d1063',
        groups: ['5ffc6662c4b329000e9d1066'],
        default_group: '5ffc6662c4b329000e9d1066',
        last_active: '2021-04-05T11:23:15.476Z',
        extra_json: null,
      },
      unknownFields: [],
      aliases: [],
      missingFields: [],
      loneSurrogates: 0,
    });
    expect(Object.keys(read(ROGER).user)).toEqual(USER_COLUMNS);
  });

  test('gives the same row whatever the order of its fields', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(ROGER), { minLength: 11 }), (fields) => {
        const shuffled = read(Object.fromEntries(fields));
        expect(shuffled).toEqual(read(ROGER));
        expect(Object.keys(shuffled.user)).toEqual(USER_COLUMNS);
      }),
      { numRuns: 50 },
    );
  });

  test('has its roles and groups sorted, repeated ones included', () => {
    const { user } = read({ ...ROGER, roles: ['b', 'a', 'B', 'é', 'a', ''], groups: ['2', '10', '1', '😀', '\uffff'] });
    expect(user.roles).toEqual(['', 'B', 'a', 'a', 'b', 'é']);
    expect(user.groups).toEqual(['1', '10', '2', '😀', '\uffff']);
  });

  test('has no default group if it is empty, which does not count as missing', () => {
    const { user, missingFields } = read({ ...ROGER, defaultGroup: '' });
    expect(user.default_group).toBeNull();
    expect(missingFields).toEqual([]);
  });

  test('keeps every text unchanged, even an empty one', () => {
    const { user } = read({
      ...ROGER,
      firstName: '',
      lastName: ' =1+1\r\n\0\u2028',
      email: 'not an address',
      roles: [],
    });
    expect(user).toMatchObject({ first_name: '', last_name: ' =1+1\r\n\0\u2028', email: 'not an address', roles: [] });
  });
});

describe('a missing field', () => {
  test('is null, or an empty list for groups, and is recorded if it is documented as always present', () => {
    expect(read({ _id: 'a' })).toEqual({
      user: EMPTY_USER,
      unknownFields: [],
      aliases: [],
      missingFields: EXPECTED_FIELDS,
      loneSurrogates: 0,
    });
  });

  test('equals a null one', () => {
    const nulls = Object.fromEntries(Object.keys(ROGER).map((field) => [field, null]));
    expect(read({ ...nulls, _id: 'a' })).toEqual(read({ _id: 'a' }));
  });

  test.each(EXPECTED_FIELDS)('%s is the only one recorded if it alone is missing or null', (field) => {
    expect(read(without(field)).missingFields).toEqual([field]);
    expect(read({ ...ROGER, [field]: null }).missingFields).toEqual([field]);
  });

  test('is not drift if it is lastActive: the user was never active', () => {
    const { user, missingFields } = read(without('lastActive'));
    expect(user.last_active).toBeNull();
    expect(missingFields).toEqual([]);
  });

  test.each([
    ['_id is missing', without('_id'), 'nothing'],
    ['_id is null', { ...ROGER, _id: null }, 'null'],
  ])('fails the run if %s', (_, record, kind) => {
    const { message } = failureOf(() => read(record));
    expect(message).toBe(`users[0]._id: expected string, got ${kind}`);
  });

  test('fails the run if _id is empty', () => {
    expect(failureOf(() => read({ ...ROGER, _id: '' })).message).toBe('users[0]._id: is empty');
  });
});

describe("a field name misspelled in Anodot's documentation", () => {
  test('is accepted as an alias, and recorded', () => {
    const { _id, createdAt, firstName, ...rest } = ROGER;
    const { user, aliases, unknownFields, missingFields } = read({
      id: _id,
      createAt: createdAt,
      firtName: firstName,
      ...rest,
    });
    expect(user).toEqual(read(ROGER).user);
    expect(aliases).toEqual(['id', 'createAt', 'firtName']);
    expect([...unknownFields, ...missingFields]).toEqual([]);
  });

  test('never takes precedence over the correct name, and is still recorded', () => {
    const misprints = { id: 'wrong', createAt: '1999-01-01T00:00:00Z', firtName: 'Wrong' };
    for (const record of [
      { ...misprints, ...ROGER },
      { ...ROGER, ...misprints },
    ]) {
      const { user, aliases, unknownFields } = read(record);
      expect(user).toEqual(read(ROGER).user);
      expect(aliases.toSorted()).toEqual(['createAt', 'firtName', 'id']);
      expect(unknownFields).toEqual([]);
    }
  });

  test('does not replace a correct name whose value is null', () => {
    const { user, missingFields } = read({ ...ROGER, firstName: null, firtName: 'Wrong' });
    expect(user.first_name).toBeNull();
    expect(missingFields).toEqual(['firstName']);
    expect(failureOf(() => read({ _id: null, id: 'wrong' })).message).toContain('users[0]._id');
  });

  test('must have the same type, and the message gives the correct name', () => {
    const { message } = failureOf(() => read({ id: 'a', firtName: ['canary'] }));
    expect(message).toBe('users[0].firstName: expected string, got array');
  });
});

describe('a value of the wrong type', () => {
  const CANARY = 'canary';
  const wrong: { readonly [kind: string]: unknown } = {
    string: CANARY,
    number: 20261123,
    boolean: true,
    array: [CANARY],
    object: { [CANARY]: CANARY },
  };
  const types: { readonly [field: string]: string } = {
    _id: 'string',
    createdAt: 'string',
    firstName: 'string',
    lastName: 'string',
    email: 'string',
    roles: 'array',
    disabled: 'boolean',
    ownerOrganization: 'string',
    groups: 'array',
    defaultGroup: 'string',
    lastActive: 'string',
  };
  const cases = Object.entries(types).flatMap(([field, type]) =>
    Object.keys(wrong)
      .filter((kind) => kind !== type)
      .map((kind) => [field, type, kind] as const),
  );

  test.each(cases)('for %s (expected: %s) fails the run instead of converting a %s', (field, type, kind) => {
    const { message, cause } = failureOf(() => toUser({ ...ROGER, [field]: wrong[kind] }, 17, () => undefined));
    expect(message).toBe(`users[17].${field}: expected ${type}, got ${kind}`);
    expect(cause).toBeUndefined();
  });

  test.each([
    ['disabled', '"false"'],
    ['disabled', '0'],
    ['disabled', '""'],
    ['firstName', 'false'],
    ['roles', '"customer-admin"'],
    ['roles', '{}'],
    ['roles', '{"length":0}'],
    ['groups', '""'],
    ['createdAt', '1610374307052'],
    ['lastActive', '0'],
  ])('for %s is not coerced from %s', (field, value) => {
    expect(failureOf(() => readFields(`"${field}":${value}`)).message).toMatch(`users[0].${field}: expected `);
  });

  test.each([
    ['roles', 'null', 'null'],
    ['roles', '1', 'number'],
    ['groups', '{"canary":1}', 'object'],
    ['groups', '["canary"]', 'array'],
  ])('among %s is reported with its position: %s', (field, value, kind) => {
    const { message } = failureOf(() => readFields(`"${field}":["canary","canary",${value},${value}]`));
    expect(message).toBe(`users[0].${field}[2]: expected string, got ${kind}`);
  });

  test.each([
    ['null', 'null'],
    ['17', 'number'],
    ['"canary"', 'string'],
    ['true', 'boolean'],
    ['["canary"]', 'array'],
    ['[]', 'array'],
  ])('such as the element %s fails the run with its position', (element, kind) => {
    const { message } = failureOf(() => readAll(`[{"_id":"a"},{"_id":"b"},${element},{"_id":"c"}]`));
    expect(message).toBe(`users[2]: expected an object, got ${kind}`);
  });

  test('is quoted in no message, whatever it is', () => {
    const field = fc.constantFrom(...Object.keys(types));
    const canary = fc.constantFrom(CANARY, [CANARY], { [CANARY]: [CANARY] }, [[CANARY]], [1, CANARY]);
    fc.assert(
      fc.property(field, canary, (name, value) => {
        let text = '';
        try {
          read({ ...ROGER, [name]: value });
        } catch (error) {
          text = error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)}` : 'thrown';
        }
        expect(text).not.toContain(CANARY);
      }),
    );
  });
});
