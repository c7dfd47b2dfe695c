import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RefusedSnapshotError } from '../../../../../functions/snapshot/errors.ts';
import { gate } from '../../../../../functions/snapshot/receive/gate.ts';
import { Tally } from '../../../../../functions/snapshot/receive/tally.ts';
import { type DayOptions, newAccount } from '../../../../support/account-days.ts';
import { shown } from '../../../../support/fault-table.ts';
import { ORGANIZATION, type Organization, OTHER, users, verdict } from '../../../../support/gate-verdict.ts';

/** When the gate refuses a snapshot, and what force and the settings allow. */

describe('a drop in users', () => {
  test.each<[string, number, number, DayOptions, string | null]>([
    ['of three is published, however small the account', 4, 1, {}, null],
    ['of three in three hundred is published even if 0 % is allowed', 300, 297, { maxDropPercent: '0' }, null],
    [
      'of four is refused if 0 % is allowed',
      300,
      296,
      { maxDropPercent: '0' },
      'from 300 (2026-11-22) to 296, by 1.33333%; at most 0% is allowed',
    ],
    ['of four that is more than half is refused', 5, 1, {}, 'from 5 (2026-11-22) to 1, by 80%; at most 50% is allowed'],
    ['of four that is less than half is published', 9, 5, {}, null],
    ['of exactly half is published', 100, 50, {}, null],
    ['of one more than half is refused', 100, 49, {}, 'from 100 (2026-11-22) to 49, by 51%; at most 50% is allowed'],
    ['of half an odd number, rounded down, is published', 101, 51, {}, null],
    ['of half an odd number, rounded up, is refused', 101, 50, {}, 'by 50.495%; at most 50%'],
    ['to one user is published if 100 % is allowed', 100, 1, { maxDropPercent: '100' }, null],
    ['of exactly the allowed percentage, decimals included, is published', 1000, 871, { maxDropPercent: '12.9' }, null],
    [
      'of one user more than the allowed percentage is refused',
      1000,
      870,
      { maxDropPercent: '12.9' },
      'by 13%; at most 12.9%',
    ],
    ['barely above the limit is refused with enough decimals to show it', 3000, 1499, {}, 'by 50.0333%; at most 50%'],
    ['is not found if there are more users', 5, 400, { maxDropPercent: '0' }, null],
    ['is not found if there are as many users', 5, 5, { maxDropPercent: '0' }, null],
    ['is not found after a snapshot without users', 0, 5, { maxDropPercent: '0' }, null],
  ])('%s', async (_, before, after, options, expected) => {
    const message = await verdict(users(before), users(after), options);
    if (expected === null) expect(message).toBeNull();
    else expect(message).toContain(expected);
    const allowed = `maxDropPercent ${options.maxDropPercent ?? 50}`;
    shown('F35', `${before} users become ${after}, ${allowed}`, message === null ? 'published' : `exit 6: ${message}`);
  });

  test('of exactly the allowed percentage is published despite binary rounding', async () => {
    // 57 of 10,000 are 0.57 % exactly, yet 10000 * 0.57 is 5699.999999999999.
    expect(await verdict(users(10_000), users(9943), { maxDropPercent: '0.57' })).toBeNull();
    expect(await verdict(users(10_000), users(9942), { maxDropPercent: '0.57' })).toContain('by 0.58%; at most 0.57%');
  });
});

describe('the gate', () => {
  test('refuses exactly the drops of more than three users and more than the allowed percentage, in integer arithmetic', async () => {
    const { at } = await newAccount();
    const { manifest } = await at('2026-11-22T02:15:00Z', users(1));
    if (!manifest) throw new Error('nothing was published');
    const counts = fc.oneof(fc.nat(12), fc.nat(2000), fc.nat(1_000_000));
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 10_000 }), fc.boolean(), (then, now, hundredths, near) => {
        const exact = Math.floor((then * hundredths) / 10_000);
        const left = near ? Math.max(1, then - exact + (now % 3) - 1) : Math.max(1, now);
        const drop = BigInt(then - left);
        const refused = drop > 3n && drop * 10_000n > BigInt(then) * BigInt(hundredths);
        const tally = Object.assign(new Tally(new Date()), { userCount: left });
        const judge = () =>
          gate(
            tally,
            { ...manifest, user_count: then },
            { allowEmpty: false, maxDropPercent: Number(`${hundredths / 100}`), force: false },
          );
        if (refused) expect(judge).toThrow(RefusedSnapshotError);
        else judge();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an owner organization', () => {
  test.each<[string, Organization, Organization, boolean]>([
    ['that stays the same is published', ORGANIZATION, ORGANIZATION, false],
    ['that differs is refused', ORGANIZATION, OTHER, true],
    ['that is known for the first time is published', null, OTHER, false],
    ['that was never known is published', null, null, false],
  ])('%s', async (title, before, after, refused) => {
    const message = await verdict(users(5, before), users(5, after));
    if (refused) expect(message).toContain('a different owner organization than those of 2026-11-22');
    else expect(message).toBeNull();
    shown('F36', `the organization ${title}`, message === null ? 'published' : `exit 6: ${message}`);
    expect(message ?? '').not.toContain(OTHER);
  });

  test('that is no longer known is published in an account of three users, and refused as a lost field in a larger one', async () => {
    expect(await verdict(users(3), users(3, null))).toBeNull();
    expect(await verdict(users(4), users(4, null))).toContain('ownerOrganization from 4 of 4 users to 0 of 4');
  });

  test('of more than 64 characters is compared as the manifest shortens it', async () => {
    const long = 'x'.repeat(100);
    expect(await verdict(users(5, long), users(5, long))).toBeNull();
    expect(await verdict(users(5, long), users(5, `y${long}`))).toContain('a different owner organization');
  });

  test('that only some users have counts as one organization', async () => {
    expect(await verdict(users(5), [...users(4), ...users(5, null).slice(4)])).toBeNull();
  });

  test('that is not the only one in the response is refused, even on the first day and with force', async () => {
    const two = [...users(4), ...users(5, OTHER).slice(4)];
    expect(await verdict(users(5), two)).toContain('more than one owner organization');
    expect(await verdict(users(5), two, { force: true })).toContain('more than one owner organization');
    const { at } = await newAccount();
    await expect(at('2026-11-23T02:15:00Z', two, { force: true })).rejects.toThrow('more than one owner organization');
  });

  test('that differs is refused even if the number of users grows', async () => {
    expect(await verdict(users(5), users(50, OTHER))).toContain('a different owner organization');
  });
});

describe('a response without users', () => {
  test('is refused on the first day and later, even with force', async () => {
    const { at } = await newAccount();
    const nobody = 'Anodot returned no users';
    await expect(at('2026-11-22T02:15:00Z', [])).rejects.toThrow(nobody);
    await expect(at('2026-11-22T02:15:00Z', [], { force: true })).rejects.toThrow(nobody);
    await at('2026-11-22T03:15:00Z', users(2));
    await expect(at('2026-11-23T02:15:00Z', [])).rejects.toThrow(nobody);
    await expect(at('2026-11-23T02:15:00Z', [], { force: true })).rejects.toThrow(nobody);
  });

  test('is published with allowEmpty, however many users there were, and all of them have left', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(200));
    const { manifest } = await at('2026-11-23T02:15:00Z', [], { allowEmpty: true, maxDropPercent: '0' });
    expect(manifest).toMatchObject({ user_count: 0, owner_organization: null, changes: { left: 200 } });
  });

  test('is all that allowEmpty permits, so one user left of two hundred is refused', async () => {
    expect(await verdict(users(200), users(1), { allowEmpty: true })).toContain('from 200 (2026-11-22) to 1');
  });
});

describe('force', () => {
  test('publishes a drop and a different organization', async () => {
    expect(await verdict(users(200), users(1), { force: true, maxDropPercent: '0' })).toBeNull();
    expect(await verdict(users(200), users(200, OTHER), { force: true })).toBeNull();
    expect(await verdict(users(200), users(1, OTHER), { force: true })).toBeNull();
  });

  test('is needed only once: the next run is compared with what it published', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(200));
    await at('2026-11-22T03:15:00Z', users(20, OTHER), { force: true });
    expect((await at('2026-11-23T02:15:00Z', users(20, OTHER))).manifest?.user_count).toBe(20);
    await expect(at('2026-11-24T02:15:00Z', users(200))).rejects.toThrow('a different owner organization');
  });
});
