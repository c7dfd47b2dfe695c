import { cp } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import type { VerifyOptions } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import { copyOf, keysOf, remove, useFourCommits, verified } from '../../../../support/four-commits.ts';

/** What `verify` reports about users, changes and groups that are gone: they expired, were removed on purpose, or are damage. */

const stores = useFourCommits();
const KINDS = ['json', 'csv', 'changes', 'groups'] as const;
type Kind = (typeof KINDS)[number];

/** A copy of the store of 24, 25 and 26 February without these objects. */
async function without(days: readonly number[], kinds: readonly Kind[] = KINDS): Promise<string> {
  const folder = await copyOf(stores().four);
  for (const day of days) for (const kind of kinds) await remove(folder, KEYS[kind](dtOf(day)));
  return folder;
}

const statesOf = async (folder: string, options: Partial<VerifyOptions> = {}) => {
  const verification = await verified(folder, { today: dtOf(27), ...options });
  return { ...verification, states: verification.days.map(({ status }) => status).join(' ') };
};
const missing = (day: number, because: string, kinds: readonly Kind[] = KINDS) =>
  kinds.map((kind) => ({
    level: 'damaged',
    key: KEYS[kind](dtOf(day)),
    message: `is missing${because === '' ? '' : `, and can't have expired: ${because}`}`,
  }));
const noted = (day: number, verb: string) => ({
  level: 'note',
  key: KEYS.manifest(dtOf(day)),
  message: `users, changes and groups of the day ${verb}`,
});

describe('users, changes and groups that are gone', () => {
  test('of the oldest days have expired, and runs continue', async () => {
    const { runOn } = stores();
    const folder = await without([24, 25]);
    await remove(folder, `raw/dt=${dtOf(24)}`);
    const { code, states, findings } = await statesOf(folder);
    expect([code, states]).toEqual([0, 'expired expired sound']);
    expect(findings).toEqual([noted(24, 'have expired or were removed'), noted(25, 'have expired or were removed')]);
    await runOn(folder, 27);
    expect((await statesOf(folder)).code).toBe(0);
    for (const day of [24, 25, 26])
      expect((await statesOf(folder, { dt: dtOf(day) })).states).toBe(day === 26 ? 'sound' : 'expired');
    shown('C7', 'the two oldest days of three are gone', `exit ${code}: ${states}`);
  });

  test('of the newest day are damage if an older day still has its own, however old it is', async () => {
    const folder = await without([26]);
    const reason = 'it is the newest day, and 2020-02-24 still has its objects';
    for (const today of ['2020-02-28', '2026-01-01']) {
      const { code, states, findings } = await statesOf(folder, { today });
      expect([code, states]).toEqual([9, 'sound sound damaged']);
      expect(findings).toEqual(missing(26, reason));
      expect((await statesOf(folder, { today, dt: dtOf(26) })).findings).toEqual(findings);
      if (today === '2020-02-28')
        shown('C7', 'the newest day of three is gone', `exit ${code}: ${states}`, 'exit 0, expired');
    }
  });

  test('of a day in the middle are damage if an older day still has its own', async () => {
    const folder = await without([25]);
    for (const today of ['2020-02-27', '2026-01-01']) {
      const { code, states, findings } = await statesOf(folder, { today });
      expect([code, states]).toEqual([9, 'sound damaged sound']);
      expect(findings).toEqual(missing(25, '2020-02-24, the oldest day, still has its objects'));
      if (today === '2020-02-27')
        shown('C7', 'the day in the middle is gone', `exit ${code}: ${states}`, 'exit 0, expired');
    }
  });

  test('of yesterday are damage even if those of all older days are gone', async () => {
    const folder = await without([24, 25]);
    const { code, states, findings } = await statesOf(folder, { today: dtOf(26) });
    expect([code, states]).toEqual([9, 'expired damaged sound']);
    expect(findings).toEqual([
      noted(24, 'have expired or were removed'),
      ...missing(25, 'the retention is at least one day'),
    ]);
    shown('C7', 'yesterday and all days before it are gone', `exit ${code}: ${states}`, 'exit 0, expired');
  });

  test('of all days have expired, unless the given retention rules that out', async () => {
    const folder = await without([24, 25, 26]);
    const { code, states } = await statesOf(folder, { today: dtOf(28) });
    expect([code, states]).toEqual([0, 'expired expired expired']);
    const kept = await statesOf(folder, { today: dtOf(28), keptDays: 400 });
    expect([kept.code, kept.states]).toEqual([9, 'damaged damaged damaged']);
    const done = 'all days are gone, the newest of them two days old';
    shown('C7', done, `exit ${code}: ${states}; with --kept-days 400, exit ${kept.code}`);
  });

  test.each(KINDS)('in part are damage if no older day has expired: %s', async (kind) => {
    const rest = KINDS.filter((other) => other !== kind);
    for (const kinds of [[kind], rest])
      for (const day of [24, 25, 26]) {
        const { code, findings } = await statesOf(await without([day], kinds), { today: dtOf(28) });
        expect([code, findings]).toEqual([9, missing(day, '', kinds)]);
      }
  });

  test('in part get a note on the day after the expired ones', async () => {
    const folder = await without([24]);
    for (const kind of ['json', 'groups'] as const) await remove(folder, KEYS[kind](dtOf(25)));
    const { code, states, findings } = await statesOf(folder);
    expect([code, states]).toEqual([0, 'expired expiring sound']);
    expect(findings).toEqual([
      noted(24, 'have expired or were removed'),
      ...(['json', 'groups'] as const).map((kind) => ({
        level: 'note',
        key: KEYS[kind](dtOf(25)),
        message: 'has expired or was removed',
      })),
    ]);
    shown('C7', 'the oldest day is gone, and half of the next', `exit ${code}: ${states}`, 'exit 9: damaged');
  });

  test('in part get a note on the oldest day once it is over thirty days old', async () => {
    const folder = await without([24], ['changes']);
    expect((await statesOf(folder, { today: '2020-03-25' })).states).toBe('damaged sound sound');
    expect((await statesOf(folder, { today: '2020-03-26' })).states).toBe('expiring sound sound');
  });

  test('are damage on days within the given retention, but not on older days', async () => {
    const folder = await without([25, 26]);
    await remove(folder, KEYS.csv(dtOf(24)));
    const on = async (keptDays: number) => {
      const { code, states } = await statesOf(folder, { today: dtOf(28), keptDays });
      return `${code} ${states}`;
    };
    expect(await on(1)).toBe('0 expiring expired expired');
    expect(await on(2)).toBe('9 expiring expired damaged');
    expect(await on(3)).toBe('9 expiring damaged damaged');
    expect(await on(4)).toBe('9 damaged damaged damaged');
    expect((await statesOf(folder, { today: dtOf(28), keptDays: 3 })).findings).toEqual([
      { level: 'note', key: KEYS.csv(dtOf(24)), message: 'has expired or was removed' },
      ...missing(25, 'the retention is 3 days'),
      ...missing(26, 'the retention is 3 days'),
    ]);
    shown('C7', 'two days of three are gone, and --kept-days covers the newer one', await on(2));
  });

  test('are accepted, whole or in part, on days that are named as removed, but on no others', async () => {
    const folder = await without([25, 26]);
    const one = await statesOf(folder, { removed: [dtOf(25)] });
    expect([one.code, one.states]).toEqual([9, 'sound removed damaged']);
    const both = await statesOf(folder, { removed: [dtOf(26), dtOf(25)], keptDays: 400 });
    expect([both.code, both.states]).toEqual([0, 'sound removed removed']);
    expect(both.findings).toEqual([noted(25, 'were removed on purpose'), noted(26, 'were removed on purpose')]);
    const part = await statesOf(await without([26], ['csv']), { removed: [dtOf(26)] });
    expect([part.code, part.states]).toEqual([0, 'sound sound removed']);
    expect(part.findings).toEqual([{ level: 'note', key: KEYS.csv(dtOf(26)), message: 'was removed on purpose' }]);
    shown('C7', 'two days of three are gone, and --removed names both', `exit ${both.code}: ${both.states}`);
  });

  test('do not excuse edited bytes in what is left of the day', async () => {
    const folder = await without([24], ['json', 'changes', 'groups']);
    const { four } = stores();
    const edited = await copyOf(four);
    for (const kind of ['json', 'changes', 'groups'] as const) await remove(edited, KEYS[kind](dtOf(24)));
    await remove(edited, KEYS.csv(dtOf(24)));
    await cp(`${four}/${KEYS.csv(dtOf(26))}`, `${edited}/${KEYS.csv(dtOf(24))}`);
    for (const options of [{ removed: [dtOf(24)] }, { keptDays: 1 }]) {
      expect((await statesOf(folder, options)).code).toBe(0);
      const { code, states, findings } = await statesOf(edited, options);
      expect([code, states]).toEqual([9, 'damaged sound sound']);
      expect(findings).toContainEqual({
        level: 'damaged',
        key: KEYS.csv(dtOf(24)),
        message: 'checksum does not match the commit',
      });
    }
  });

  test('do not excuse a missing manifest or commit, which never expire', async () => {
    for (const key of [KEYS.manifest(dtOf(24)), KEYS.commit(1)]) {
      const folder = await without([24]);
      await remove(folder, key);
      for (const options of [{}, { keptDays: 1 }, { removed: [dtOf(24)] }]) {
        const verification = await statesOf(folder, options);
        expect(verification.code).toBe(9);
        expect(keysOf(verification)).toContain(key);
      }
    }
  });
});
