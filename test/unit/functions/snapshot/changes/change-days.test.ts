import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { feedText, newAccount } from '../../../../support/account-days.ts';
import { ada, all, ben, cleo, dan, NONE, ROWS } from '../../../../support/four-users.ts';

/** A day's feed lists what changed since the previous snapshot. */

describe('the feed from one day to the next', () => {
  test('lists joiners and leavers with the whole row and both times, byte for byte', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00.250Z', [ada, ben, cleo]);
    const { manifest, newChanges } = await at('2026-11-23T02:15:01.500Z', [ben, cleo, dan]);
    const span =
      '{"dt":"2026-11-23","previous_dt":"2026-11-22","previous_observed_at":"2026-11-22T02:15:00.250Z","observed_at":"2026-11-23T02:15:01.500Z",';
    expect(await feedText(folder, '2026-11-23')).toBe(
      `${span}"id":"a00000000000000000000001","email":"ada@example.com","change":"admin_revoked","before":"\\"customer-admin\\"","after":null}\n` +
        `${span}"id":"a00000000000000000000001","email":"ada@example.com","change":"left","before":${JSON.stringify(ROWS.ada)},"after":null}\n` +
        `${span}"id":"a00000000000000000000004","email":"dan@example.com","change":"joined","before":null,"after":${JSON.stringify(ROWS.dan)}}\n`,
    );
    expect(manifest).toMatchObject({
      previous_dt: '2026-11-22',
      changes: { ...NONE, joined: 1, left: 1, admin_revoked: 1 },
    });
    expect(newChanges).toEqual({ ...NONE, joined: 1, left: 1, admin_revoked: 1 });
  });

  test('lists a user who returns under the same id as joined again', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ben, cleo, dan]);
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([
      ['1', 'ada@example.com', 'admin_revoked', '"customer-admin"', null],
      ['1', 'ada@example.com', 'left', ROWS.ada, null],
    ]);
    expect(await feed('2026-11-23')).toEqual([
      ['1', 'ada@example.com', 'admin_granted', null, '"customer-admin"'],
      ['1', 'ada@example.com', 'joined', null, ROWS.ada],
    ]);
  });

  test('lists a user who is disabled, then enabled', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo, { ...dan, disabled: true }]);
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([['4', 'dan@example.com', 'disabled', 'false', 'true']]);
    expect(await feed('2026-11-23')).toEqual([['4', 'dan@example.com', 'enabled', 'true', 'false']]);
  });

  test('lists an administrator as granted and revoked instead of a role as added and removed', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ada, { ...ben, roles: ['customer-admin', 'customer-user'] }, cleo, dan]);
    const { manifest } = await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([['2', 'ben@example.com', 'admin_granted', null, '"customer-admin"']]);
    expect(await feed('2026-11-23')).toEqual([['2', 'ben@example.com', 'admin_revoked', '"customer-admin"', null]]);
    expect(manifest?.changes).toEqual({ ...NONE, admin_revoked: 1 });
  });

  test('lists several changes to several users as one line each, with the newer address', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo]);
    const { manifest } = await at('2026-11-23T02:15:00Z', [
      { ...ada, roles: ['customer-read-only', 'customer-user'], groups: [], defaultGroup: '' },
      {
        ...ben,
        lastName: 'Ode-Pim',
        email: 'ben.ode-pim@example.com',
        groups: ['600000000000000000000001', '600000000000000000000002'],
      },
      { ...cleo, disabled: true, roles: [], lastActive: '2026-11-22T23:00:00.000Z' },
      { ...dan, roles: ['customer-admin'] },
    ]);
    const lines = await feed('2026-11-23');
    expect(lines.slice(0, -1)).toEqual([
      ['1', 'ada@example.com', 'admin_revoked', '"customer-admin"', null],
      ['1', 'ada@example.com', 'default_group_changed', '"600000000000000000000001"', null],
      ['1', 'ada@example.com', 'group_removed', '"600000000000000000000001"', null],
      ['1', 'ada@example.com', 'role_added', null, '"customer-read-only"'],
      ['2', 'ben.ode-pim@example.com', 'email_changed', '"ben@example.com"', '"ben.ode-pim@example.com"'],
      ['2', 'ben.ode-pim@example.com', 'group_added', null, '"600000000000000000000002"'],
      [
        '2',
        'ben.ode-pim@example.com',
        'name_changed',
        '{"first_name":"Ben","last_name":"Ode"}',
        '{"first_name":"Ben","last_name":"Ode-Pim"}',
      ],
      ['3', 'cleo@example.com', 'disabled', 'false', 'true'],
      ['3', 'cleo@example.com', 'role_removed', '"customer-user"', null],
      ['4', 'dan@example.com', 'admin_granted', null, '"customer-admin"'],
    ]);
    expect(lines.at(-1)?.slice(0, 4)).toEqual(['4', 'dan@example.com', 'joined', null]);
    expect(manifest?.changes).toEqual({
      joined: 1,
      left: 0,
      disabled: 1,
      enabled: 0,
      admin_granted: 1,
      admin_revoked: 1,
      role_added: 1,
      role_removed: 1,
      group_added: 1,
      group_removed: 1,
      default_group_changed: 1,
      email_changed: 1,
      name_changed: 1,
    });
  });

  test('lists a person whose id changed as a leaver and a joiner', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo, dan]);
    await at('2026-11-23T02:15:00Z', [ada, ben, cleo, { ...dan, _id: 'a00000000000000000000009' }]);
    expect(await feed('2026-11-23')).toEqual([
      ['4', 'dan@example.com', 'left', ROWS.dan, null],
      [
        '9',
        'dan@example.com',
        'joined',
        null,
        ROWS.dan.replace('a00000000000000000000004', 'a00000000000000000000009'),
      ],
    ]);
  });

  test('is empty if only the order, a duplicate or the last activity differs', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    const { manifest } = await at('2026-11-23T02:15:00Z', [
      dan,
      { ...ada, lastActive: '2026-11-23T01:00:00.000Z' },
      cleo,
      dan,
      ben,
    ]);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(manifest?.changes).toEqual(NONE);
    expect(manifest?.previous_dt).toBe('2026-11-22');
  });

  test('finds a change in a response in a different order', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-23T02:15:00Z', [dan, cleo, { ...ben, disabled: true }, ada]);
    expect(await feed('2026-11-23')).toEqual([['2', 'ben@example.com', 'disabled', 'false', 'true']]);
  });

  test('spans missing days and shows the gap by its two dates', async () => {
    const { at, folder } = await newAccount();
    await at('2026-10-30T02:15:00Z', all);
    const { manifest } = await at('2026-11-02T02:15:00Z', [{ ...ada, disabled: true }, ben, cleo, dan]);
    expect(await feedText(folder, '2026-11-02')).toBe(
      '{"dt":"2026-11-02","previous_dt":"2026-10-30","previous_observed_at":"2026-10-30T02:15:00.000Z","observed_at":"2026-11-02T02:15:00.000Z",' +
        '"id":"a00000000000000000000001","email":"ada@example.com","change":"disabled","before":"false","after":"true"}\n',
    );
    expect(manifest?.previous_dt).toBe('2026-10-30');
  });

  test('compares a run just before midnight with one just after it', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T23:59:59.999Z', all);
    await at('2026-11-23T00:00:00.000Z', [ada, ben, { ...cleo, disabled: true }]);
    expect((await feed('2026-11-23')).map(([id, , change]) => [id, change])).toEqual([
      ['3', 'disabled'],
      ['4', 'left'],
    ]);
  });
});

describe('a snapshot without a baseline', () => {
  test('has an empty feed, no counts and nothing new if it is the first', async () => {
    const { at, folder } = await newAccount();
    const { manifest, before, newChanges } = await at('2026-11-23T02:15:00Z', all);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(manifest?.objects.find(({ kind }) => kind === 'changes')).toEqual({
      kind: 'changes',
      key: 'changes/dt=2026-11-23/changes-2026-11-23.jsonl',
      bytes: 0,
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      rows: 0,
    });
    expect([before, newChanges]).toEqual([null, null]);
  });

  test('is not compared with an earlier run of the first day', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-23T02:15:00Z', all);
    const { manifest, newChanges } = await at('2026-11-23T10:00:00Z', [ada, ben, cleo]);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(newChanges).toBeNull();
  });

  test('has an empty, published feed and no warning if the previous rows have expired', async () => {
    const { at, folder, warnings } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', all);
    for (const expired of ['users', 'changes', 'groups']) await rm(join(folder, expired), { recursive: true });
    const { manifest, newChanges } = await at('2026-11-23T02:15:00Z', [ada, ben]);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(newChanges).toBeNull();
    expect(warnings).toEqual([]);
  });
});
