import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROGER, read, readAll, readFields, readText } from '../../../../support/anodot/read-users.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

/** Fields that Anodot does not document are kept exactly, and do no harm. */

describe('an undocumented field', () => {
  test('is kept in extra_json with its value, and its name is recorded', () => {
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
  ])('is harmless if its name is %j', (name) => {
    for (const value of ['"canary"', '{"isAdmin":true,"_id":"b","roles":["customer-admin"]}', '1.10', '[1.10]']) {
      const { user, unknownFields, aliases } = readFields(`${JSON.stringify(name)}:${value}`);
      expect(user).toEqual({ ...EMPTY_USER, extra_json: `{${JSON.stringify(name)}:${value}}` });
      expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
      expect(unknownFields).toEqual([name]);
      expect(aliases).toEqual([]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('may contain __proto__ and similar names', () => {
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
  ])('keeps every digit of %s at any depth', (number) => {
    const { user } = readFields(`"a":${number},"b":{"c":[${number},1,"${number}"]},"email":"x"`);
    expect(user.extra_json).toBe(`{"a":${number},"b":{"c":[${number},1,"${number}"]}}`);
  });

  test('keeps any JSON with every digit, even next to users with deeply nested fields', () => {
    const deep = `${'['.repeat(2500)}${']'.repeat(2500)}`;
    fc.assert(
      fc.property(fc.jsonValue(), fc.stringMatching(/^-?[1-9][0-9]{0,30}\.[0-9]0$/), (json, number) => {
        const extra = `{"x":${JSON.stringify(json)},"n":${number}}`;
        const users = readAll(`[{"_id":"a","x":${deep}},{"_id":"b",${extra.slice(1)},{"_id":"c","x":${deep}}]`);
        expect(users.map(({ user }) => user.extra_json)).toEqual([`{"x":${deep}}`, extra, `{"x":${deep}}`]);
      }),
    );
  });

  test('is kept with every digit if it is nested far deeper than recursion allows, next to other users', () => {
    const deep = `${'[{"a":'.repeat(50_000)}1.10${'}]'.repeat(50_000)}`;
    const users = readAll(`[{"_id":"a","n":1.10},{"_id":"b", "deep" : ${deep} , "text":"x"},{"_id":"c"}]`);
    expect(users.map(({ user }) => user.extra_json)).toEqual(['{"n":1.10}', `{"deep":${deep},"text":"x"}`, null]);
    expect(users[1]?.unknownFields).toEqual(['deep', 'text']);
  });

  test('counts once with its last value if the record repeats it, as for JSON.parse', () => {
    expect(readFields('"x":1.10,"y":2.0,"x":[3.00]').user.extra_json).toBe('{"x":[3.00],"y":2.0}');
  });
});

describe('a lone surrogate', () => {
  test('becomes U+FFFD in every text, and each is counted', () => {
    const { user, loneSurrogates } = readText(
      String.raw`{"_id":"\ud800a","firstName":"\udc00\ud800","lastName":"\ud83d\ude00","email":"x\udfff@","roles":["r\ud800"],
        "ownerOrganization":"\ud800","groups":["g\ud800","g\ud800"],"defaultGroup":"\udbff"}`,
    );
    expect(user).toEqual({
      ...EMPTY_USER,
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

  test('becomes U+FFFD in unknown fields, in keys and nested values, and lookalikes are unchanged', () => {
    const { user, loneSurrogates } = readFields(
      String.raw`"k\ud800":{"\udc00":["\ud800\ud800","\\ud800","\\\ud800","\ud83d\ude00","\ufffd","ud800"]}`,
    );
    expect(user.extra_json).toBe(
      String.raw`{"k~":{"~":["~~","\\ud800","\\~","😀","~","ud800"]}}`.replaceAll('~', '\ufffd'),
    );
    expect(loneSurrogates).toBe(5);
  });

  test('is counted under an alias too', () => {
    const { user, loneSurrogates } = readText(String.raw`{"id":"\ud800","firtName":"\udfff"}`);
    expect(user).toEqual({ ...EMPTY_USER, id: '\ufffd', first_name: '\ufffd' });
    expect(loneSurrogates).toBe(2);
  });

  test('is all that changes: every text equals its toWellFormed(), and the count is the number of lone surrogates', () => {
    const halves = fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '\\', 'u', 'd', '8', '"', 'x', '\ufffd') });
    const lone = (text: string) => [...text].filter((point) => !point.isWellFormed()).length;
    fc.assert(
      fc.property(halves, halves, halves, halves, (email, role, name, value) => {
        fc.pre(!['_id', 'email', 'roles'].includes(name));
        // A bug in V8's JSON.parse confuses a name that contains a backslash with another name that begins with its escape.
        fc.pre(!name.includes('\\'));
        const { user, loneSurrogates } = read({ _id: 'a', email, roles: [role], [name]: [{ [name]: value }] });
        expect(user.email).toBe(email.toWellFormed());
        expect(user.roles).toEqual([role.toWellFormed()]);
        const extra: unknown = JSON.parse(user.extra_json ?? '');
        expect(extra).toEqual({ [name.toWellFormed()]: [{ [name.toWellFormed()]: value.toWellFormed() }] });
        expect(loneSurrogates).toBe(lone(email) + lone(role) + 2 * lone(name) + lone(value));
        expect(JSON.stringify(user).isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
