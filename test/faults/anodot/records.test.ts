import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceContractError } from '../../../functions/snapshot/errors.ts';
import { json, manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer } from '../../support/anodot/server.ts';
import { CANARY_TEXT, canaryUser } from '../../support/canary.ts';
import { EMPTY_USER } from '../../support/empty-user.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing } from '../../support/faulted-run.ts';

/** Which records are accepted, and which fail the run. */

describe('a record', () => {
  /** Enough users that a record and its duplicate arrive in different chunks. */
  const among = (place: number, ...records: readonly unknown[]) => [
    ...manyUsers.slice(0, place),
    ...records,
    ...manyUsers.slice(place),
  ];

  test.for([1, 999])('repeated identically at index %d is kept once and counted', async (place) => {
    const { rows, taken } = await publishing({ users: answer(among(place, canaryUser(1))) });
    expect(rows).toHaveLength(manyUsers.length);
    expect(taken.manifest?.drift.duplicates).toBe(1);
    shown('F13', `a user of ${manyUsers.length} repeated at index ${place}`, `${rows.length} rows, duplicates 1`);
  });

  test('repeated with its fields reordered, or with null for an empty list, counts as identical', async () => {
    const again = Object.fromEntries(Object.entries(canaryUser(1)).reverse());
    const { rows, taken } = await publishing({
      users: answer([...GOOD_USERS, again, { ...again, groups: null, defaultGroup: null }]),
    });
    expect(rows).toHaveLength(GOOD_USERS.length);
    expect(taken.manifest?.drift.duplicates).toBe(2);
  });

  test.for([1, 999])('repeated at index %d with conflicting data violates the contract', async (place) => {
    const body = json(among(place, canaryUser(1, { firstName: 'Zqxj the other' })));
    const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(error.message).toContain(`users[${place}]._id`);
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
    shown('F14', `a user with another first name repeated at index ${place}`, `exit ${error.code}: ${error.message}`);
    shown('C26', `a user with another first name repeated at index ${place}`, `still exit ${error.code}`);
  });

  test.for([
    ['without an _id', canaryUser(1, { _id: undefined }), 'users[1]._id'],
    ['whose _id is null', canaryUser(1, { _id: null }), 'users[1]._id'],
    ['whose _id is null although an alias has a value', canaryUser(1, { _id: null, id: 'a' }), 'users[1]._id'],
    ['whose _id is empty', canaryUser(1, { _id: '' }), 'users[1]._id'],
    ['whose _id is a number', canaryUser(1, { _id: 608 }), 'users[1]._id'],
    ['that is null', null, 'users[1]'],
    ['that is a number', 12, 'users[1]'],
    ['that is a string', CANARY_TEXT, 'users[1]'],
    ['that is true', true, 'users[1]'],
    ['that is an array', [canaryUser(1)], 'users[1]'],
    ['that is empty', {}, 'users[1]._id'],
  ] as const)(
    '%s violates the contract: the error names index and field, and the whole response is kept under raw/',
    async ([what, record, place]) => {
      const body = json(among(1, record));
      const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
      expect(error.message.split(':')[0]).toBe(place);
      expect(gets).toHaveLength(1);
      expect(raw).toEqual([body]);
      shown('F15', `a record ${what}`, `exit ${error.code}: ${error.message}`);
    },
  );

  test('that violates the contract is named by its index in the whole response', async () => {
    const { error } = await failing(SourceContractError, { users: answer(among(800, { _id: 5 })) });
    expect(error.message).toContain('users[800]._id');
  });

  test('with only an _id becomes a row of nulls, and every missing field is recorded', async () => {
    const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, { _id: 'a' }]) });
    expect(rows.at(-1)).toEqual(EMPTY_USER);
    expect(taken.manifest?.drift.missing_fields).toEqual(
      [
        'createdAt',
        'firstName',
        'lastName',
        'email',
        'roles',
        'disabled',
        'ownerOrganization',
        'groups',
        'defaultGroup',
      ].sort(),
    );
    shown(
      'F19',
      'a record with nothing but an _id',
      `published, missing_fields ${JSON.stringify(taken.manifest?.drift.missing_fields)}`,
    );
  });

  test("with field names misspelled as in Anodot's documentation is accepted and recorded; correct names always win", async () => {
    const { _id, createdAt, firstName, ...rest } = canaryUser(4);
    const { rows, taken } = await publishing({
      users: answer([
        ...GOOD_USERS,
        { id: _id, createAt: createdAt, firtName: firstName, ...rest },
        { id: 'wrong', createAt: '2000-01-01T00:00:00Z', firtName: 'wrong', ...canaryUser(5) },
      ]),
    });
    expect(rows.slice(3)).toMatchObject([
      { id: _id, created_at: createdAt, first_name: 'Zqxj', extra_json: null },
      {
        id: canaryUser(5)._id,
        created_at: createdAt,
        first_name: 'Zqxj',
        extra_json: '{"id":"wrong","createAt":"2000-01-01T00:00:00Z","firtName":"wrong"}',
      },
    ]);
    expect(taken.manifest?.drift.aliases).toEqual(['createAt', 'firtName', 'id']);
    shown('F16', 'id, createAt and firtName', `published, aliases ${JSON.stringify(taken.manifest?.drift.aliases)}`);
    shown(
      'C26',
      'a misspelled name next to the correct one',
      `both kept: extra_json ${rows[4]?.['extra_json']}`,
      'the value of the misspelled one was lost',
    );
  });

  test('with an unknown role keeps it, and the manifest lists it', async () => {
    const { rows, taken } = await publishing({
      users: answer([...GOOD_USERS, canaryUser(4, { roles: ['customer-user', 'auditor'] })]),
    });
    expect(rows.at(-1)).toMatchObject({ roles: ['auditor', 'customer-user'] });
    expect(taken.manifest).toMatchObject({ drift: { unknown_roles: ['auditor'] }, roles: { auditor: 1 } });
    shown('F17', 'the role auditor', `published, unknown_roles ${JSON.stringify(taken.manifest?.drift.unknown_roles)}`);
  });

  test('with undocumented fields keeps them without effect in extra_json, and the manifest lists them', async () => {
    const odd = `{"__proto__": {"disabled": true}, "constructor": 1, "_col0": "x", "EMAIL": "y", "id ": 2, "": 3, ${JSON.stringify(canaryUser(4)).slice(1)}`;
    const { rows, taken } = await publishing({ users: answer(`[${odd}]`) });
    expect(rows[0]).toMatchObject({ id: canaryUser(4)._id, disabled: false, email: canaryUser(4).email });
    expect(rows[0]?.['extra_json']).toBe(
      '{"__proto__":{"disabled":true},"constructor":1,"_col0":"x","EMAIL":"y","id ":2,"":3}',
    );
    expect(taken.manifest?.drift.unknown_fields).toEqual(['', 'EMAIL', '__proto__', '_col0', 'constructor', 'id ']);
    shown(
      'F18',
      '__proto__, constructor, _col0, EMAIL, "id " and ""',
      `published, extra_json ${rows[0]?.['extra_json']}`,
    );
  });

  test('with integers beyond 2^53 or exact decimals in an unknown field keeps every digit', async () => {
    const exact = '{"n":9007199254740993,"d":1.10,"e":1e400,"z":-0,"list":[12345678901234567890]}';
    const { rows } = await publishing({
      users: answer(`[${JSON.stringify(canaryUser(4)).slice(0, -1)}, "score": ${exact}}]`),
    });
    expect(rows[0]?.['extra_json']).toBe(`{"score":${exact}}`);
    shown(
      'F23',
      'integers beyond 2^53, 1.10, 1e400 and -0 in an unknown field',
      `extra_json ${rows[0]?.['extra_json']}`,
    );
  });

  test('with any text as a name is exact in JSON Lines and one neutralized line in CSV', async () => {
    const names = [
      'a\0b',
      '\u202eevil',
      'two\r\nlines\nthree\u2028four\u0085',
      '=1+1',
      '  +1',
      '＠x',
      '"quoted", he said',
      "it's",
    ];
    const { rows, taken, folder, document } = await publishing({
      users: answer(names.map((firstName, n) => canaryUser(n + 1, { firstName }))),
    });
    expect(rows.map(({ first_name }) => first_name)).toEqual(names);
    const csv = await readFile(join(folder, `users/csv/dt=${document.dt}/users-${document.dt}.csv`), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(names.length + 2); // the header, and nothing after the last line end
    expect(csv).not.toMatch(/[\0\u2028\u0085]|[^\r]\n/);
    expect(csv).toContain("'=1+1");
    expect(csv).toContain("'  +1");
    expect(csv).toContain("'＠x");
    expect(csv).toContain('\u202eevil');
    expect(taken.manifest?.csv_cells_altered).toBe(5);
    shown(
      'F22',
      'NUL, a bidirectional mark, line breaks and formulas as names',
      `JSON Lines exact; ${names.length} CSV lines, ${taken.manifest?.csv_cells_altered} cells altered`,
    );
  });

  test('with a lone surrogate gets U+FFFD in its place, and the replacement is counted', async () => {
    const { rows, taken } = await publishing({
      users: answer('[{"_id": "a", "firstName": "x\\ud800y\\udc00", "other": "\\udfff", "fine": "\\ud83d\\ude00"}]'),
    });
    expect(rows[0]).toMatchObject({ first_name: 'x\ufffdy\ufffd', extra_json: '{"other":"\ufffd","fine":"😀"}' });
    expect(taken.manifest?.drift.lone_surrogates).toBe(3);
    shown(
      'F22',
      'three lone surrogates',
      `U+FFFD in their places, lone_surrogates ${taken.manifest?.drift.lone_surrogates}`,
    );
  });
});
