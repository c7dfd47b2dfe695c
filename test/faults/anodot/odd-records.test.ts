import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer } from '../../support/anodot/server.ts';
import { canaryUser } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { GOOD_USERS, publishing } from '../../support/faulted-run.ts';
import type { Taken } from '../../support/take.ts';

/** Odd values and free text are kept in full in the rows. Documents that are never deleted count them and quote at most 64 characters. */

type Row = { readonly [column: string]: unknown };

/** What the manifest counts of an odd record, and the row's extra_json if it is short. */
function kept({ manifest }: Taken, row: Row | undefined): string {
  const { invalid_fields = [], invalid_values = 0 } = manifest?.drift ?? {};
  const extra = String(row?.['extra_json']);
  const where = extra.length < 200 ? `extra_json ${extra}` : 'extra_json with every level';
  return `published, ${where}, invalid_fields ${JSON.stringify(invalid_fields)}, invalid_values ${invalid_values}`;
}

const ODD = [
  ['with lastActive ""', 'lastActive', 'last_active', '""'],
  ['with lastActive "0000-00-00 00:00:00"', 'lastActive', 'last_active', '"0000-00-00 00:00:00"'],
  ['with lastActive "never"', 'lastActive', 'last_active', '"never"'],
  ['with lastActive false', 'lastActive', 'last_active', 'false'],
  ['with lastActive 0', 'lastActive', 'last_active', '0'],
  ['with createdAt ""', 'createdAt', 'created_at', '""'],
  ['with createdAt 1619959587823', 'createdAt', 'created_at', '1619959587823'],
  ['with a createdAt without a zone', 'createdAt', 'created_at', '"2021-05-02T12:46:27"'],
  ['created on February 30', 'createdAt', 'created_at', '"2021-02-30T00:00:00Z"'],
  ['with disabled "true"', 'disabled', 'disabled', '"true"'],
  ['with disabled 0', 'disabled', 'disabled', '0'],
  ['with disabled 1', 'disabled', 'disabled', '1'],
  ['with disabled -0', 'disabled', 'disabled', '-0'],
  ['with roles "customer-admin"', 'roles', 'roles', '"customer-admin"'],
  ['with roles {}', 'roles', 'roles', '{}'],
  ['with an object among the roles', 'roles', 'roles', '["customer-admin",{"a":1}]'],
  ['with null among the groups', 'groups', 'groups', '["g1",null]'],
  ['with groups {}', 'groups', 'groups', '{}'],
  ['with email 5', 'email', 'email', '5'],
  ['with email {}', 'email', 'email', '{}'],
  ['with email 9007199254740993', 'email', 'email', '9007199254740993'],
  ['with firstName 1e400', 'firstName', 'first_name', '1e400'],
  ['with lastName {"__proto__":1.10}', 'lastName', 'last_name', '{"__proto__":1.10}'],
  ['with ownerOrganization 12345678901234567890', 'ownerOrganization', 'owner_organization', '12345678901234567890'],
  ['with defaultGroup []', 'defaultGroup', 'default_group', '[]'],
] as const;

describe('a record', () => {
  test('with fields nested 200,000 levels deep, documented or not, is published with every level', async () => {
    const deep = `${'['.repeat(200_000)}1.10${']'.repeat(200_000)}`;
    const body = `[${JSON.stringify(canaryUser(1, { lastName: undefined })).slice(0, -1)}, "lastName": ${deep}, "other": ${deep}}]`;
    const { rows, taken, raw } = await publishing({ users: answer(body) });
    expect(rows[0]).toMatchObject({ last_name: null, extra_json: `{"lastName":${deep},"other":${deep}}` });
    expect(taken.manifest?.drift).toMatchObject({ invalid_fields: ['lastName'], unknown_fields: ['other'] });
    expect(raw).toEqual([Buffer.from(body)]);
    shown(
      'C26',
      'a documented and an unknown field nested 200,000 levels deep',
      kept(taken, rows[0]),
      'exit 5, every day',
    );
  });

  test.for(ODD)(
    '%s among 1,000 is published: the column is null, and the value is kept in extra_json and counted',
    async ([what, field, column, value]) => {
      const odd = JSON.stringify(canaryUser(5000, { [field]: undefined })).replace(/}$/, `,"${field}":${value}}`);
      const body = `${JSON.stringify(manyUsers).slice(0, -1)},${odd}]`;
      const { rows, taken, document } = await publishing({ users: answer(body) });
      expect(document.code).toBe(0);
      expect(rows).toHaveLength(manyUsers.length + 1);
      const row = rows.at(-1);
      expect(row).toMatchObject({ [column]: null, extra_json: `{"${field}":${value}}` });
      const { drift, present } = taken.manifest ?? {};
      expect(drift).toMatchObject({
        invalid_fields: [field],
        invalid_values: 1,
        missing_fields: [],
        unknown_fields: [],
      });
      expect(Object.entries(present ?? {}).filter(([name]) => name === field)).toEqual([
        [field, field === 'defaultGroup' ? 0 : manyUsers.length],
      ]);
      shown('C26', `one of 1,001 users ${what}`, kept(taken, row), 'exit 5, every day');
      shown('F19', `one of 1,001 users ${what}`, kept(taken, row), 'exit 5');
    },
  );

  test.for([
    ['1970-01-01T00:00:00.000Z', 'dormant for decades'],
    ['0001-01-01T00:00:00Z', 'dormant for 739,945 days'],
    ['1999-12-31T23:59:59.999Z', 'dormant for decades'],
  ])('last active in %s counts as never active, and the time is kept in extra_json', async ([lastActive, before]) => {
    const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, canaryUser(4, { lastActive })]) });
    expect(rows.at(-1)).toMatchObject({ last_active: null, extra_json: JSON.stringify({ lastActive }) });
    expect(taken.manifest).toMatchObject({
      present: { lastActive: 3 },
      drift: { invalid_fields: ['lastActive'], invalid_values: 1 },
      states: { never_active: 1 },
    });
    shown('C27', `lastActive ${lastActive}`, `${kept(taken, rows.at(-1))}, never_active`, before);
  });

  test.for(['2099-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
    'last active in %s keeps that time and is counted',
    async (lastActive) => {
      const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, canaryUser(4, { lastActive })]) });
      expect(rows.at(-1)).toMatchObject({ last_active: lastActive, extra_json: null });
      expect(taken.manifest).toMatchObject({
        present: { lastActive: 3 },
        drift: { invalid_fields: ['lastActive'], invalid_values: 1 },
      });
      shown(
        'C27',
        `lastActive ${lastActive}`,
        `last_active is kept, ${kept(taken, rows.at(-1))}`,
        'active forever, and not counted',
      );
    },
  );

  test.for(['+012026-11-23T00:00:00.000Z', '-000001-11-23T00:00:00.000Z', '12026-11-23T00:00:00Z'])(
    'with the time %s, whose year does not have four digits, has a null time',
    async (createdAt) => {
      const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, canaryUser(4, { createdAt })]) });
      expect(rows.at(-1)).toMatchObject({ created_at: null, extra_json: JSON.stringify({ createdAt }) });
      expect(taken.manifest?.drift.invalid_fields).toEqual(['createdAt']);
      shown('C47', `createdAt ${createdAt}`, kept(taken, rows.at(-1)));
    },
  );

  test('with an invalid value under a misspelled name counts it under the documented name', async () => {
    const { createdAt: _, ...record } = canaryUser(4);
    const { rows, taken } = await publishing({
      users: answer([...GOOD_USERS, { ...record, createAt: 1619959587823 }]),
    });
    expect(rows.at(-1)).toMatchObject({ created_at: null, extra_json: '{"createAt":1619959587823}' });
    expect(taken.manifest?.drift).toMatchObject({
      aliases: ['createAt'],
      invalid_fields: ['createdAt'],
      invalid_values: 1,
    });
    shown('C26', 'createAt, a misspelled name, with a number', kept(taken, rows.at(-1)), 'exit 5, every day');
  });

  test('with two invalid values in one list counts one, and with several invalid fields counts each', async () => {
    const odd = [canaryUser(4, { roles: [1, 2] }), canaryUser(5, { roles: {}, disabled: 0, groups: [null] })];
    const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, ...odd]) });
    expect(rows.slice(3)).toMatchObject([
      { roles: null, extra_json: '{"roles":[1,2]}' },
      { roles: null, disabled: null, groups: null, extra_json: '{"roles":{},"disabled":0,"groups":[null]}' },
    ]);
    expect(taken.manifest?.drift).toMatchObject({ invalid_fields: ['disabled', 'groups', 'roles'], invalid_values: 4 });
  });

  test('with free text as roles is counted, and the manifest names at most fifty roles by 64 characters each', async () => {
    const roles = Array.from(
      { length: 60 },
      (_, n) => `deputy ${n + 10} of jane.doe@example.com, ${'and so on '.repeat(20)}`,
    );
    const { rows, taken, folder, document } = await publishing({
      users: answer([...GOOD_USERS, canaryUser(4, { roles })]),
    });
    expect(rows.at(-1)?.['roles']).toEqual(roles);
    const { roles: counts = {}, drift } = taken.manifest ?? {};
    expect(drift?.unknown_roles).toEqual(roles.slice(0, 50).map((role) => role.slice(0, 64)));
    expect(Object.keys(counts)).toEqual(['customer-user', ...(drift?.unknown_roles ?? []), '…']);
    expect(counts['…']).toBe(10);
    for (const key of ['commits/00000003.json', `runs/${document.run_id}.json`])
      expect(await readFile(join(folder, key), 'utf8')).not.toContain('jane');
    const happened = `manifest: ${drift?.unknown_roles.length} names of at most 64 characters, ${counts['…']} more counted under "…"; commit and run document: none`;
    shown('C25', 'a user with 60 roles of 240 characters of free text', happened, 'every role in full, forever');
  });

  test('with free text in every field that a manifest quotes leaves only bounded names in documents', async () => {
    const long = 'zz free text \u009b[31m'.repeat(100);
    const record = {
      ...canaryUser(4),
      [long]: 1,
      roles: [long],
      ownerOrganization: long,
      groups: [long],
      defaultGroup: long,
    };
    const { taken, folder, document } = await publishing(
      { users: answer([...GOOD_USERS.map((user) => ({ ...user, ownerOrganization: null })), record]) },
      { run: { force: true } },
    );
    const texts = [JSON.stringify(taken.manifest)];
    for (const key of [
      'commits/00000003.json',
      `runs/${document.run_id}.json`,
      `manifests/manifest-${document.dt}.json`,
    ])
      texts.push(await readFile(join(folder, key), 'utf8'));
    expect(texts.filter((text) => /\p{Cc}(?!$)/u.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes('zz free text'.repeat(10)))).toEqual([]);
    const found = [...(texts[0] ?? '').matchAll(/"(zz free text [^"]*)"/g)].map(([, name = '']) => [...name].length);
    expect(found).toEqual([64, 64, 64, 64]); // the organization, the role with its count, the role and the field in drift
    shown(
      'C25',
      'free text as role, field name, organization and group',
      'role, field name and organization on one line, with at most 64 characters each; no group',
      'in full',
    );
  });
});
