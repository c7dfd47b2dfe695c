import { describe, expect, test } from 'vitest';
import { newAccount } from '../../../../support/account-days.ts';
import { ada, all, ben, cleo, dan, NONE, ROWS } from '../../../../support/four-users.ts';

/** A second run of a day lists all of the day's changes again, but counts only new ones. */

describe("a day's second run", () => {
  const morning = [ada, ben, { ...cleo, disabled: true }];
  const evening = [
    ada,
    { ...ben, roles: ['customer-user', 'customer-admin'] },
    { ...cleo, disabled: true, firstName: 'C.' },
  ];

  test("lists all of the day's changes since the day before", async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-23T02:15:00Z', morning);
    const { manifest, before } = await at('2026-11-23T19:00:00Z', evening);
    expect(await feed('2026-11-23')).toEqual([
      ['2', 'ben@example.com', 'admin_granted', null, '"customer-admin"'],
      ['3', 'cleo@example.com', 'disabled', 'false', 'true'],
      [
        '3',
        'cleo@example.com',
        'name_changed',
        '{"first_name":"Cleo","last_name":"Pim"}',
        '{"first_name":"C.","last_name":"Pim"}',
      ],
      ['4', 'dan@example.com', 'left', ROWS.dan, null],
    ]);
    expect(manifest).toMatchObject({
      previous_dt: '2026-11-22',
      changes: { ...NONE, admin_granted: 1, disabled: 1, name_changed: 1, left: 1 },
    });
    expect(before).toMatchObject({ dt: '2026-11-23', commit: 2 });
  });

  test("counts as new only what the day's previous manifest didn't have, so no alarm fires twice", async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    const runs = [
      await at('2026-11-23T02:15:00Z', morning),
      await at('2026-11-23T10:00:00Z', morning),
      await at('2026-11-23T19:00:00Z', evening),
      await at('2026-11-23T20:00:00Z', all),
      await at('2026-11-23T21:00:00Z', morning),
    ];
    expect(runs.map(({ newChanges }) => newChanges)).toEqual([
      { ...NONE, disabled: 1, left: 1 },
      NONE,
      { ...NONE, admin_granted: 1, name_changed: 1 },
      NONE,
      { ...NONE, disabled: 1, left: 1 },
    ]);
  });

  test('follows a first run that counts all its changes as new, whatever changed on the day before', async () => {
    const { at } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [{ ...ada, disabled: true }, ben, cleo, dan]);
    const { newChanges } = await at('2026-11-23T02:15:00Z', [
      { ...ada, disabled: true },
      { ...ben, disabled: true },
      cleo,
      dan,
    ]);
    expect(newChanges).toEqual({ ...NONE, disabled: 1 });
  });

  test('is what the next day is compared with', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-22T10:00:00Z', morning);
    const { newChanges } = await at('2026-11-23T02:15:00Z', morning);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(newChanges).toEqual(NONE);
  });
});
