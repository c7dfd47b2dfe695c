import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayParser } from '../../../../../functions/snapshot/anodot/array-parser.ts';
import { toUtc } from '../../../../../functions/snapshot/anodot/time.ts';
import { toUser } from '../../../../../functions/snapshot/anodot/user-record.ts';
import { SourceContractError } from '../../../../../functions/snapshot/errors.ts';
import type { ReadUser, User } from '../../../../../functions/snapshot/user.ts';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';

/** Reads users as a run does: from the text of the answer. */
function readAll(text: string): ReadUser[] {
  const parser = new ArrayParser();
  const batches = [parser.push(Buffer.from(text)), parser.end()];
  return batches.flatMap((batch) => batch.elements.map((element, i) => toUser(element, i, () => batch.exact(i))));
}

function readText(text: string): ReadUser {
  const [user] = readAll(`[${text}]`);
  if (user === undefined) throw new Error('no user');
  return user;
}

const read = (record: unknown): ReadUser => readText(JSON.stringify(record));

/** A user with the given fields behind `_id`, as they stand in the answer's text. */
const readFields = (fields: string): ReadUser => readText(`{"_id":"a",${fields}}`);

function failureOf(act: () => unknown): SourceContractError {
  try {
    act();
  } catch (error) {
    if (error instanceof SourceContractError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const ROGER = {
  _id: '5ffc5ca3c4b329000e9d1065',
  createdAt: '2021-01-11T14:11:47.052Z',
  firstName: 'Roger',
  lastName: 'Rabbit',
  email: 'roger.rabbit@acme.com',
  roles: ['customer-admin'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['5ffc6662c4b329000e9d1066'],
  defaultGroup: '5ffc6662c4b329000e9d1066',
  lastActive: '2021-04-05T11:23:15.476Z',
};
const EMPTY: User = {
  id: 'a',
  created_at: null,
  first_name: null,
  last_name: null,
  email: null,
  roles: null,
  disabled: null,
  owner_organization: null,
  groups: [],
  default_group: null,
  last_active: null,
  extra_json: null,
};
const EXPECTED_FIELDS = Object.keys(ROGER).filter((field) => !['_id', 'lastActive'].includes(field));

const without = (field: string): object => Object.fromEntries(Object.entries(ROGER).filter(([name]) => name !== field));

describe('a documented user', () => {
  test('becomes a row of the twelve columns in their order, with nothing to remark', () => {
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

  test('has its roles and groups sorted, each as often as it is given', () => {
    const { user } = read({ ...ROGER, roles: ['b', 'a', 'B', 'é', 'a', ''], groups: ['2', '10', '1', '😀', '\uffff'] });
    expect(user.roles).toEqual(['', 'B', 'a', 'a', 'b', 'é']);
    expect(user.groups).toEqual(['1', '10', '2', '😀', '\uffff']);
  });

  test('has no default group where that is empty, and nothing is missing then', () => {
    const { user, missingFields } = read({ ...ROGER, defaultGroup: '' });
    expect(user.default_group).toBeNull();
    expect(missingFields).toEqual([]);
  });

  test('keeps every text as it is, also an empty one', () => {
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

describe('an absent field', () => {
  test('is null, no groups are none, and each that the documentation promises is missing', () => {
    expect(read({ _id: 'a' })).toEqual({
      user: EMPTY,
      unknownFields: [],
      aliases: [],
      missingFields: EXPECTED_FIELDS,
      loneSurrogates: 0,
    });
  });

  test('is the same as a null one', () => {
    const nulls = Object.fromEntries(Object.keys(ROGER).map((field) => [field, null]));
    expect(read({ ...nulls, _id: 'a' })).toEqual(read({ _id: 'a' }));
  });

  test.each(EXPECTED_FIELDS)('%s is named alone where it alone is absent or null', (field) => {
    expect(read(without(field)).missingFields).toEqual([field]);
    expect(read({ ...ROGER, [field]: null }).missingFields).toEqual([field]);
  });

  test('lastActive is no drift: the user was never active', () => {
    const { user, missingFields } = read(without('lastActive'));
    expect(user.last_active).toBeNull();
    expect(missingFields).toEqual([]);
  });

  test.each([
    ['_id is absent', without('_id'), 'nothing'],
    ['_id is null', { ...ROGER, _id: null }, 'null'],
  ])('fails the run where %s', (_, record, kind) => {
    const { message } = failureOf(() => read(record));
    expect(message).toBe(`users[0]._id: expected string, got ${kind}`);
  });

  test('fails the run where _id is empty', () => {
    expect(failureOf(() => read({ ...ROGER, _id: '' })).message).toBe('users[0]._id: is empty');
  });
});

describe('the misprints of the documentation', () => {
  test('are accepted for the right names, and named', () => {
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

  test('never win over the right name, wherever they stand, and are named all the same', () => {
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

  test('do not stand in for a right name that says null', () => {
    const { user, missingFields } = read({ ...ROGER, firstName: null, firtName: 'Wrong' });
    expect(user.first_name).toBeNull();
    expect(missingFields).toEqual(['firstName']);
    expect(failureOf(() => read({ _id: null, id: 'wrong' })).message).toContain('users[0]._id');
  });

  test('are held to the same types, and the message gives the right name', () => {
    const { message } = failureOf(() => read({ id: 'a', firtName: ['canary'] }));
    expect(message).toBe('users[0].firstName: expected string, got array');
  });
});

describe('a value of another type', () => {
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

  test.each(cases)('%s, which is a %s, is not made of a %s', (field, type, kind) => {
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
  ])('%s is not coerced from %s', (field, value) => {
    expect(failureOf(() => readFields(`"${field}":${value}`)).message).toMatch(`users[0].${field}: expected `);
  });

  test.each([
    ['roles', 'null', 'null'],
    ['roles', '1', 'number'],
    ['groups', '{"canary":1}', 'object'],
    ['groups', '["canary"]', 'array'],
  ])('among %s is named with its place: %s', (field, value, kind) => {
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
  ])('an element that is %s fails the run, naming its place', (element, kind) => {
    const { message } = failureOf(() => readAll(`[{"_id":"a"},{"_id":"b"},${element},{"_id":"c"}]`));
    expect(message).toBe(`users[2]: expected an object, got ${kind}`);
  });

  test('is in no message, whatever it is', () => {
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

describe('a field that the documentation does not name', () => {
  test('goes to extra_json with its value, and its name is told', () => {
    const { user, unknownFields } = read({ ...ROGER, phone: null, teams: [{ id: 'x', of: {} }], 'é"\\': 'ü"\\\n' });
    expect(user).toEqual({
      ...read(ROGER).user,
      extra_json: '{"phone":null,"teams":[{"id":"x","of":{}}],"é\\"\\\\":"ü\\"\\\\\\n"}',
    });
    expect(unknownFields).toEqual(['phone', 'teams', 'é"\\']);
  });

  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'toJSON',
    'then',
    'length',
    'rawJSON',
    '_col0',
    'ID',
    '_ID',
    '_Id',
    'Email',
    'firstname',
    'FirstName',
    'first_name',
    'extra_json',
    ' email',
    'email\0',
    '',
    '0',
    '-1',
  ])('is inert where it is called %j', (name) => {
    for (const value of ['"canary"', '{"isAdmin":true,"_id":"b","roles":["customer-admin"]}', '1.10', '[1.10]']) {
      const { user, unknownFields, aliases } = readFields(`${JSON.stringify(name)}:${value}`);
      expect(user).toEqual({ ...EMPTY, extra_json: `{${JSON.stringify(name)}:${value}}` });
      expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
      expect(unknownFields).toEqual([name]);
      expect(aliases).toEqual([]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('keeps `__proto__` and its like inside of it', () => {
    const inside = '{"a":{"__proto__":{"b":1},"constructor":{"prototype":2}},"c":[{"__proto__":"x"}]}';
    expect(readFields(`"x":${inside}`).user.extra_json).toBe(`{"x":${inside}}`);
    expect(readFields(`"x":${inside},"n":1.0`).user.extra_json).toBe(`{"x":${inside},"n":1.0}`);
  });

  test.each([
    '1.10',
    '1.0',
    '-0',
    '-0.0',
    '0e0',
    '1e400',
    '-1E+400',
    '1e-400',
    '1E2',
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    `${'9'.repeat(40)}.${'1'.repeat(40)}`,
  ])('keeps the number %s digit by digit, at any depth', (number) => {
    const { user } = readFields(`"a":${number},"b":{"c":[${number},1,"${number}"]},"email":"x"`);
    expect(user.extra_json).toBe(`{"a":${number},"b":{"c":[${number},1,"${number}"]}}`);
  });

  test('keeps any JSON, numbers digit by digit, beside users whose own is too deep for that', () => {
    const deep = `${'['.repeat(2500)}${']'.repeat(2500)}`;
    fc.assert(
      fc.property(fc.jsonValue(), fc.stringMatching(/^-?[1-9][0-9]{0,30}\.[0-9]0$/), (json, number) => {
        const extra = `{"x":${JSON.stringify(json)},"n":${number}}`;
        const users = readAll(`[{"_id":"a","x":${deep}},{"_id":"b",${extra.slice(1)},{"_id":"c","x":${deep}}]`);
        expect(users.map(({ user }) => user.extra_json)).toEqual([`{"x":${deep}}`, extra, `{"x":${deep}}`]);
      }),
    );
  });

  test('fails the run, naming the user, where it is nested too deeply to be kept', () => {
    const deep = `${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`;
    const { message } = failureOf(() => readAll(`[{"_id":"a","n":1.10},{"_id":"b","canary":${deep}},{"_id":"c"}]`));
    expect(message).toBe('users[1]: an unknown field is nested too deeply to be kept');
  });

  test('is not read at all where its name is documented: the type is what is wrong', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(failureOf(() => readFields(`"email":${deep}`)).message).toBe('users[0].email: expected string, got array');
  });
});

describe('a lone surrogate', () => {
  test('becomes U+FFFD in every text, and each is counted', () => {
    const { user, loneSurrogates } = readText(
      String.raw`{"_id":"\ud800a","firstName":"\udc00\ud800","lastName":"\ud83d\ude00","email":"x\udfff@","roles":["r\ud800"],
        "ownerOrganization":"\ud800","groups":["g\ud800","g\ud800"],"defaultGroup":"\udbff"}`,
    );
    expect(user).toEqual({
      ...EMPTY,
      id: '\ufffda',
      first_name: '\ufffd\ufffd',
      last_name: '😀',
      email: 'x\ufffd@',
      roles: ['r\ufffd'],
      owner_organization: '\ufffd',
      groups: ['g\ufffd', 'g\ufffd'],
      default_group: '\ufffd',
    });
    expect(loneSurrogates).toBe(9);
  });

  test('becomes U+FFFD in unknown fields, keys and nested values, and what only looks like one stays', () => {
    const { user, loneSurrogates } = readFields(
      String.raw`"k\ud800":{"\udc00":["\ud800\ud800","\\ud800","\\\ud800","\ud83d\ude00","\ufffd","ud800"]}`,
    );
    expect(user.extra_json).toBe(
      String.raw`{"k~":{"~":["~~","\\ud800","\\~","😀","~","ud800"]}}`.replaceAll('~', '\ufffd'),
    );
    expect(loneSurrogates).toBe(5);
  });

  test('is counted where an alias brings it', () => {
    const { user, loneSurrogates } = readText(String.raw`{"id":"\ud800","firtName":"\udfff"}`);
    expect(user).toEqual({ ...EMPTY, id: '\ufffd', first_name: '\ufffd' });
    expect(loneSurrogates).toBe(2);
  });

  test('is the only thing that changes: every text is that of toWellFormed, the count that of the halves', () => {
    const halves = fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '\\', 'u', 'd', '8', '"', 'x', '\ufffd') });
    const lone = (text: string) => [...text].filter((point) => !point.isWellFormed()).length;
    fc.assert(
      fc.property(halves, halves, halves, halves, (email, role, name, value) => {
        fc.pre(!['_id', 'email', 'roles'].includes(name));
        const { user, loneSurrogates } = read({ _id: 'a', email, roles: [role], [name]: [{ [name]: value }] });
        expect(user.email).toBe(email.toWellFormed());
        expect(user.roles).toEqual([role.toWellFormed()]);
        const extra: unknown = JSON.parse(user.extra_json ?? '');
        expect(extra).toEqual({ [name.toWellFormed()]: [{ [name.toWellFormed()]: value.toWellFormed() }] });
        expect(loneSurrogates).toBe(lone(email) + lone(role) + 2 * lone(name) + lone(value));
        expect(JSON.stringify(user).isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a time', () => {
  test.each([
    ['2021-05-02T12:46:27.823Z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02T12:46:27Z', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27.8Z', '2021-05-02T12:46:27.800Z'],
    ['2021-05-02T12:46:27.8239999999Z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02t12:46:27.823z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02 12:46:27Z', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27+00:00', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27-00:00', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27+05:30', '2021-05-02T07:16:27.000Z'],
    ['2021-05-02T12:46:27-09:30', '2021-05-02T22:16:27.000Z'],
    ['2021-05-02T12:46:27+23:59', '2021-05-01T12:47:27.000Z'],
    ['2020-12-31T23:30:00-01:00', '2021-01-01T00:30:00.000Z'],
    ['2021-01-01T00:30:00+01:00', '2020-12-31T23:30:00.000Z'],
    ['2020-02-29T23:59:59.999Z', '2020-02-29T23:59:59.999Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60.5Z', '2017-01-01T00:00:00.500Z'],
    ['2016-12-31T15:59:60-08:00', '2017-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, utc) => {
    expect(readFields(`"createdAt":"${text}","lastActive":"${text}"`).user).toMatchObject({
      created_at: utc,
      last_active: utc,
    });
  });

  test.each([
    ['nothing', ''],
    ['a date', '2021-05-02'],
    ['no zone', '2021-05-02T12:46:27.823'],
    ['no seconds', '2021-05-02T12:46Z'],
    ['a dot without digits', '2021-05-02T12:46:27.Z'],
    ['a comma for the dot', '2021-05-02T12:46:27,823Z'],
    ['the 30th of February', '2021-02-30T00:00:00Z'],
    ['the 29th of February of a common year', '2021-02-29T00:00:00Z'],
    ['the 29th of February 1900', '1900-02-29T00:00:00Z'],
    ['the 31st of April', '2021-04-31T00:00:00Z'],
    ['month 13', '2021-13-01T00:00:00Z'],
    ['month 0', '2021-00-01T00:00:00Z'],
    ['day 0', '2021-01-00T00:00:00Z'],
    ['24:00', '2021-05-02T24:00:00Z'],
    ['minute 60', '2021-05-02T12:60:00Z'],
    ['second 61', '2016-12-31T23:59:61Z'],
    ['a zone of 24 hours', '2021-05-02T12:46:27+24:00'],
    ['a zone of 60 minutes', '2021-05-02T12:46:27+01:60'],
    ['a zone without a colon', '2021-05-02T12:46:27+0100'],
    ['a zone of hours only', '2021-05-02T12:46:27+01'],
    ['a zone and Z', '2021-05-02T12:46:27Z+01:00'],
    ['a zone by name', '2021-05-02T12:46:27 UTC'],
    ['a year of five digits', '12021-05-02T12:46:27Z'],
    ['a year with a sign', '+002021-05-02T12:46:27Z'],
    ['a UTC year before 0', '0000-01-01T00:00:00+00:01'],
    ['a UTC year behind 9999', '9999-12-31T23:59:59-00:01'],
    ['the second behind 9999', '9999-12-31T23:59:60Z'],
    ['a line feed behind it', '2021-05-02T12:46:27Z\n'],
    ['a space in front', ' 2021-05-02T12:46:27Z'],
    ['milliseconds since 1970', '1619959587823'],
    ['digits of another script', '٢٠٢١-05-02T12:46:27Z'],
    ['what Date.parse would take', 'Sun May 02 2021 12:46:27 GMT+0000'],
  ])('%s is none, and the message does not quote it', (_, text) => {
    for (const field of ['createdAt', 'lastActive']) {
      const { message } = failureOf(() => readFields(`"${field}":${JSON.stringify(text)}`));
      expect(message).toBe(`users[0].${field}: is not a time with a zone`);
    }
  });

  test('is the same moment in whatever zone it is written', () => {
    const inYears = fc.date({
      min: new Date('0000-01-02T00:00:00.000Z'),
      max: new Date('9999-12-30T23:59:59.999Z'),
      noInvalidDate: true,
    });
    const zone = fc.integer({ min: -(24 * 60 - 1), max: 24 * 60 - 1 });
    const twoDigits = (value: number) => String(value).padStart(2, '0');
    fc.assert(
      fc.property(
        inYears,
        zone,
        fc.constantFrom('T', 't', ' '),
        fc.stringMatching(/^[0-9]{0,9}$/),
        (date, minutes, t, more) => {
          const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1).replace('T', t);
          const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
          const written = `${local}${more}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
          expect(toUtc(written)).toBe(date.toISOString());
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('that comes out is written as it would be read: any text gives nothing or a time of 24 characters', () => {
    const digits = fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,4})?(Z|[+-][0-9]{2}:[0-9]{2})$/,
    );
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const utc = toUtc(text);
        if (utc !== undefined) expect([utc.length, toUtc(utc)]).toEqual([24, utc]);
      }),
      { numRuns: 5000 },
    );
  });
});
