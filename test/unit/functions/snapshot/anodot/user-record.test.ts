import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';
import { failureOf, ROGER, read, readAll, readFields, readText } from '../../../../support/anodot/read-users.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

/** A documented record becomes a row. A missing, misnamed or wrongly typed field is counted. Only an invalid `_id` fails the run. */

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
      presentFields: Object.keys(ROGER).slice(1),
      unknownFields: [],
      aliases: [],
      missingFields: [],
      invalidFields: [],
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
      presentFields: [],
      unknownFields: [],
      aliases: [],
      missingFields: EXPECTED_FIELDS,
      invalidFields: [],
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

  test('does not count as present, nor does an empty text, but an empty list and false do', () => {
    const empty = { createdAt: '', firstName: '', lastName: '', email: '', ownerOrganization: '', defaultGroup: '' };
    expect(read({ _id: 'a', ...empty, roles: [], groups: [], disabled: false, lastActive: '' }).presentFields).toEqual([
      'roles',
      'disabled',
      'groups',
    ]);
    expect(read(without('groups')).presentFields).not.toContain('groups');
  });

  test('is not drift if it is lastActive, because the user was never active', () => {
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

  test('never takes precedence over the correct name, is still recorded, and keeps its value in extra_json', () => {
    const misprints = { id: 'wrong', createAt: '1999-01-01T00:00:00Z', firtName: 'Wrong' };
    for (const record of [
      { ...misprints, ...ROGER },
      { ...ROGER, ...misprints },
    ]) {
      const { user, aliases, unknownFields, invalidFields } = read(record);
      expect(user).toEqual({ ...read(ROGER).user, extra_json: JSON.stringify(misprints) });
      expect(aliases.toSorted()).toEqual(['createAt', 'firtName', 'id']);
      expect([...unknownFields, ...invalidFields]).toEqual([]);
    }
  });

  test('is not repeated in extra_json if its value is that of the correct name', () => {
    const { _id: id, createdAt: createAt, firstName: firtName } = ROGER;
    expect(read({ ...ROGER, id, createAt, firtName }).user).toEqual(read(ROGER).user);
  });

  test('does not replace a correct name whose value is null', () => {
    const { user, missingFields } = read({ ...ROGER, firstName: null, firtName: 'Wrong' });
    expect(user).toMatchObject({ first_name: null, extra_json: '{"firtName":"Wrong"}' });
    expect(missingFields).toEqual(['firstName']);
    expect(failureOf(() => read({ _id: null, id: 'wrong' })).message).toContain('users[0]._id');
  });

  test('with a value of another type is an invalid value of the correct name, kept under the misspelled one', () => {
    const { user, invalidFields, aliases } = read({ id: 'a', firtName: ['x'], createAt: 5 });
    expect(user).toEqual({ ...EMPTY_USER, extra_json: '{"firtName":["x"],"createAt":5}' });
    expect(invalidFields).toEqual(['createdAt', 'firstName']);
    expect(aliases).toEqual(['id', 'firtName', 'createAt']);
  });

  test('does not replace a correct name whose value is invalid: both values are kept', () => {
    const { user, invalidFields } = read({ _id: 'a', firstName: 5, firtName: 'Right' });
    expect(user).toEqual({ ...EMPTY_USER, extra_json: '{"firstName":5,"firtName":"Right"}' });
    expect(invalidFields).toEqual(['firstName']);
  });
});

describe('a value of another type than documented', () => {
  const wrong: { readonly [kind: string]: unknown } = {
    string: 'some text',
    number: 20261123,
    boolean: true,
    array: [['nested']],
    object: { some: 'member' },
  };
  const types: { readonly [field: string]: string } = {
    createdAt: 'time',
    firstName: 'string',
    lastName: 'string',
    email: 'string',
    roles: 'array of texts',
    disabled: 'boolean',
    ownerOrganization: 'string',
    groups: 'array of texts',
    defaultGroup: 'string',
    lastActive: 'time',
  };
  const cases = Object.entries(types).flatMap(([field, type]) =>
    Object.keys(wrong)
      .filter((kind) => kind !== type)
      .map((kind) => [field, type, kind] as const),
  );

  test.each(cases)('for %s (documented: %s) is null, and the %s is kept under its name', (field, _, kind) => {
    const index = USER_COLUMNS[Object.keys(ROGER).indexOf(field)] ?? '';
    const { user, ...drift } = read({ ...ROGER, [field]: wrong[kind] });
    expect(user).toEqual({ ...read(ROGER).user, [index]: null, extra_json: JSON.stringify({ [field]: wrong[kind] }) });
    expect(drift).toEqual({
      presentFields: Object.keys(types).filter((name) => name !== field),
      unknownFields: [],
      aliases: [],
      missingFields: [],
      invalidFields: [field],
      loneSurrogates: 0,
    });
  });

  test.each([
    ['disabled', '"false"'],
    ['disabled', '0'],
    ['disabled', '1'],
    ['disabled', '""'],
    ['disabled', '-0'],
    ['email', '5'],
    ['email', '{}'],
    ['email', '9007199254740993'],
    ['email', '1e400'],
    ['firstName', 'false'],
    ['firstName', '[1.10,{"a":-0.0}]'],
    ['lastName', '{"__proto__":{"disabled":true},"constructor":1.0}'],
    ['roles', '"customer-admin"'],
    ['roles', '{}'],
    ['roles', '{"length":0}'],
    ['roles', '["customer-admin",null]'],
    ['roles', '["a",["customer-admin"]]'],
    ['groups', '""'],
    ['groups', '["g1",1]'],
    ['groups', '[null]'],
    ['groups', '["g1",{"a":"g2"}]'],
    ['createdAt', '1610374307052'],
    ['createdAt', '""'],
    ['createdAt', '"0000-00-00 00:00:00"'],
    ['lastActive', '0'],
    ['lastActive', '"never"'],
    ['ownerOrganization', '12345678901234567890'],
    ['defaultGroup', '[]'],
  ])('for %s is not coerced from %s, which is kept digit by digit', (field, value) => {
    const { user, invalidFields } = readFields(`"${field}":${value},"phone":1.0`);
    expect(user).toEqual({
      ...EMPTY_USER,
      ...(field === 'groups' && { groups: null }),
      extra_json: `{"${field}":${value},"phone":1.0}`,
    });
    expect(invalidFields).toEqual([field]);
  });

  test('is kept without its white space and with plain characters in place of escapes, as any JSON in extra_json', () => {
    const { user } = readFields(
      String.raw`"email" : [ 1.50 , "\u0061\/\n \"" , { "k" : [ ] } ]`.replaceAll('\\\\', '\\'),
    );
    expect(user.extra_json).toBe(String.raw`{"email":[1.50,"a/\n \"",{"k":[]}]}`.replaceAll('\\\\', '\\'));
  });

  test('counts once, in little time and memory, if it is a list with half a million invalid members', () => {
    const list = `[${'0,'.repeat(500_000)}0]`;
    const { user, invalidFields } = readFields(`"roles":${list}`);
    expect(user.extra_json).toBe(`{"roles":${list}}`);
    expect(invalidFields).toEqual(['roles']);
  });

  test('is kept however deeply it is nested', () => {
    const deep = `${'[{"a":'.repeat(50_000)}1.10${'}]'.repeat(50_000)}`;
    const { user, invalidFields } = readFields(`"email":${deep},"other": ${deep}`);
    expect(user).toEqual({ ...EMPTY_USER, extra_json: `{"email":${deep},"other":${deep}}` });
    expect(invalidFields).toEqual(['email']);
  });

  test('has its lone surrogates replaced and counted in extra_json', () => {
    const { user, loneSurrogates } = readFields(
      String.raw`"email":["\ud800",1.0,"\ud83d\ude00"]`.replaceAll('\\\\', '\\'),
    );
    expect(user.extra_json).toBe('{"email":["\ufffd",1.0,"😀"]}');
    expect(loneSurrogates).toBe(1);
  });

  test('is never lost: for any value, the column has it, or extra_json has it, or it is null', () => {
    const any = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(ROGER)));
    const fields = Object.keys(types);
    fc.assert(
      fc.property(fc.constantFrom(...fields), any, (field, value) => {
        const { user, invalidFields } = read({ ...ROGER, [field]: value });
        const column = USER_COLUMNS[Object.keys(ROGER).indexOf(field)] ?? 'id';
        const extra: unknown = JSON.parse(user.extra_json ?? '{}');
        if (invalidFields.includes('lastActive') && user.last_active !== null) return;
        if (invalidFields.length > 0)
          expect([user[column], extra]).toEqual([null, JSON.parse(JSON.stringify({ [field]: value }))]);
        else {
          expect(extra).toEqual({});
          if (typeof value === 'boolean') expect(user[column]).toBe(value);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an invalid record', () => {
  test.each([
    ['null', 'null'],
    ['17', 'number'],
    ['"canary"', 'string'],
    ['true', 'boolean'],
    ['["canary"]', 'array'],
    ['[]', 'array'],
  ])('such as the element %s fails the run and is reported by its position', (element, kind) => {
    const { message } = failureOf(() => readAll(`[{"_id":"a"},{"_id":"b"},${element},{"_id":"c"}]`));
    expect(message).toBe(`users[2]: expected an object, got ${kind}`);
  });

  test.each([
    ['17', 'expected string, got number'],
    ['true', 'expected string, got boolean'],
    ['["canary"]', 'expected string, got array'],
    ['{"canary":"canary"}', 'expected string, got object'],
    ['""', 'is empty'],
  ])(
    'such as one with the _id %s fails the run even if other fields are invalid too, and is not quoted',
    (id, what) => {
      const { message, cause } = failureOf(() => readText(`{"email":5,"_id":${id},"disabled":"canary","id":"canary"}`));
      expect([message, cause]).toEqual([`users[0]._id: ${what}`, undefined]);
    },
  );
});
