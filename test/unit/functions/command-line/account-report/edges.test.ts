import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { ACCOUNTS } from '../../../../contracts/odd-accounts.ts';
import { newAccount } from '../../../../support/account-days.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { copyOf, useFourCommits } from '../../../../support/four-commits.ts';
import { NASTY } from '../../../../support/odd-users.ts';
import { report, rowsIn, textIn } from '../../../../support/report-page.ts';

const stores = useFourCommits();

/** Whether a page has an element or an attribute that it doesn't write itself. */
const foreign = (html: string): string[] =>
  [...html.matchAll(/<(?:img|iframe|object|a href="(?!#)|[^>]* on\w+=)/g)].map(([tag]) => tag);

describe('the report', () => {
  test('of one day has no plot over time, and says that there is nothing to compare with', async () => {
    const account = await newAccount();
    await account.at('2026-11-23T02:15:00.000Z', [{ _id: 'a', email: 'a@example.com', roles: ['customer-admin'] }]);
    const { html, out } = await report(account.folder, '2026-11-23T12:00:00.000Z');
    expect(out).toContain('1 user, 1 administrator on 2026-11-23. The only day has a snapshot.');
    expect(html).not.toContain('<svg');
    expect(textIn(html, 'joiners')).toContain('No snapshot could be compared with an earlier one');
    expect(textIn(html, 'changes')).toContain('2026-11-23, commit 1: there is no earlier snapshot to compare with.');
    expect(rowsIn(html, 'administrators-table')[1]).toEqual([
      'a@example.com',
      '',
      'never active',
      'never',
      'before 2026-11-23',
    ]);
  });

  test('names the days of which it is not known who joined or left, and counts the others only', async () => {
    const account = await newAccount();
    const user = (id: string) => ({ _id: id, email: `${id}@example.com`, roles: ['customer-user'] });
    for (const [day, ids] of [
      [23, 'a'],
      [24, 'ab'],
      [25, 'ab'],
      [26, 'ab'],
    ] as const)
      await account.at(`2026-11-${day}T02:15:00.000Z`, [...ids].map(user));
    await account.at('2026-11-26T12:15:00.000Z', [...'ab'].map(user), { force: true });
    const whole = await report(account.folder, '2026-11-26T13:00:00.000Z');
    expect(textIn(whole.html, 'joiners')).toContain(
      '1 joined and 0 left, in the snapshots of 2026-11-24 to 2026-11-26.',
    );
    expect(textIn(whole.html, 'joiners')).toContain('It is not known who joined or left on 2026-11-23. Why.');
    // Without the 24th, the feed of the 25th no longer begins at a stored snapshot.
    await rm(join(account.folder, KEYS.manifest('2026-11-24')));
    const { html } = await report(account.folder, '2026-11-26T13:00:00.000Z', ['--since', '2026-11-25']);
    expect(textIn(html, 'joiners')).toContain('Nobody joined or left in the snapshots that were compared.');
    expect(textIn(html, 'joiners')).toContain('It is not known who joined or left on 2026-11-25. Why.');
  });

  test('of an account without users says that there are none', async () => {
    const account = await newAccount();
    await account.at('2026-11-23T02:15:00.000Z', [], { allowEmpty: true });
    const { code, html } = await report(account.folder, '2026-11-23T12:00:00.000Z');
    expect([code, textIn(html).split('\n')[0]]).toEqual([0, '0 users, 0 administrators on 2026-11-23']);
    expect(textIn(html, 'dormant')).toContain('There are none.');
  });

  test('of a day whose users have expired has every figure of its manifest, and no list of users', async () => {
    const folder = await copyOf(stores().four);
    await rm(join(folder, KEYS.json(dtOf(26))));
    const { code, html } = await report(folder, noon(26).toISOString());
    expect([code, textIn(html).split('\n')[0]]).toEqual([0, '3 users, 0 administrators on 2020-02-26']);
    for (const id of ['administrators', 'dormant', 'groups'])
      expect(textIn(html, id)).toContain('the users of this day have expired or were removed');
  });

  test('says that the token may not read groups', async () => {
    const folder = await copyOf(stores().three);
    await stores().runWithoutGroups(folder, 26);
    const { html } = await report(folder, noon(26).toISOString());
    expect(textIn(html, 'groups')).toContain('Names of groups are unknown: the token may not read groups.');
  });

  test('says how old the newest snapshot is, unless it is of today or yesterday', async () => {
    const verdictOn = async (day: number) => textIn((await report(stores().four, noon(day).toISOString())).html);
    expect(await verdictOn(27)).not.toContain('days old');
    expect(await verdictOn(29)).toContain('The newest snapshot is 3 days old.');
  });
});

describe('whatever an account holds, the report shows it as text', () => {
  test.each(Object.entries(ACCOUNTS))('%s', async (_, responses) => {
    const account = await newAccount();
    for (const [i, response] of responses.entries())
      await account.at(`2026-11-2${i + 2}T02:15:00.000Z`, JSON.parse(String(response).replace(/^\ufeff/, '')), {
        force: true,
      });
    const { code, html } = await report(account.folder, '2026-11-23T12:00:00.000Z');
    expect(code).toBe(0);
    expect(foreign(html)).toEqual([]);
  });

  test('markup, controls and very long values in every field', async () => {
    const values = [
      ...NASTY,
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(1)</script>',
      '"><svg onload=x>',
      'y'.repeat(10_000),
    ];
    const users = (day: number) =>
      values.map((value, i) => ({
        _id: `${i}${value}`,
        email: `${value}@${day}`,
        firstName: value,
        lastName: `${value}${day}`,
        roles: ['customer-admin', value],
        groups: [value],
        [`field ${value}`]: day,
      }));
    const account = await newAccount();
    await account.at('2026-11-22T02:15:00.000Z', users(1), { force: true });
    await account.at('2026-11-23T02:15:00.000Z', users(2), { force: true });
    const { html } = await report(account.folder, '2026-11-23T12:00:00.000Z');
    expect(foreign(html)).toEqual([]);
    expect(html).not.toMatch(/[\p{Bidi_Control}\u2028\u2029]/u);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('y'.repeat(1000));
    expect(html.length).toBeLessThan(1_000_000);
    expect(await readFile(join(account.folder, KEYS.json('2026-11-23')), 'utf8')).toContain('y'.repeat(10_000));
  });
});
