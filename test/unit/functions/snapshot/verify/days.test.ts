import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import {
  copyOf,
  keysOf,
  remove,
  useFourCommits,
  verified,
  whileEdited,
  write,
} from '../../../../support/four-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** What `verify` reports about each day: expired, missing, replaced, or the only one requested. */

const stores = useFourCommits();

describe('a day', () => {
  const expire = async (folder: string, day: number) => {
    for (const key of [KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups]) await remove(folder, dirname(key(dtOf(day))));
  };

  test('that has expired is damaged if its manifest is missing', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await expire(folder, 24);
    expect((await verified(folder)).code).toBe(0);
    await remove(folder, KEYS.manifest(dtOf(24)));
    for (const options of [{}, { keptDays: 1 }, { removed: [dtOf(24)] }])
      expect((await verified(folder, options)).findings).toEqual(
        [KEYS.manifest, KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups].map((key) => ({
          level: 'damaged',
          key: key(dtOf(24)),
          message: 'is missing',
        })),
      );
  });

  test('without a snapshot is reported as missing, from the first snapshot to yesterday', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 28);
    const on = async (day: number) => (await verified(folder, { today: dtOf(day) })).missing_days;
    expect(await on(28)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(29)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(32)).toEqual(['2020-02-26', '2020-02-27', '2020-02-29', '2020-03-01', '2020-03-02']);
    expect(await verified(folder, { today: dtOf(32) })).toMatchObject({ status: 'sound', code: 0 });
  });

  test('with an object that its newest commit did not create gets a note, and is not damaged', async () => {
    const { runOn, runWithoutGroups } = stores();
    const folder = await newFolder();
    await runOn(folder, 26);
    await runWithoutGroups(folder, 26, { environment: { SNAPSHOT_FORMATS: 'json' } });
    const stays = [KEYS.csv(dtOf(26)), KEYS.groups(dtOf(26))];
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'sound', code: 0, days: [{ status: 'sound', commit: 2 }] });
    expect(keysOf(verification, 'note')).toEqual(stays);
    expect(verification.findings).toHaveLength(2);

    expect(keysOf(await whileEdited(folder, KEYS.csv(dtOf(26)), Buffer.from('x')))).toEqual([KEYS.csv(dtOf(26))]);
    for (const key of stays) await remove(folder, key);
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is verified alone with the dt option, but the whole chain of commits is read', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await write(folder, KEYS.json(dtOf(24)), 'x');
    await write(folder, `users/json/dt=${dtOf(24)}/more`, 'x');
    expect(await verified(folder, { dt: dtOf(25) })).toMatchObject({
      status: 'sound',
      code: 0,
      days: [{ dt: dtOf(25), commit: 3, status: 'sound' }],
      missing_days: [],
      findings: [],
      commits: 4,
      newest_commit: 4,
    });
    expect(keysOf(await verified(folder, { dt: dtOf(24) }))).toEqual([
      KEYS.json(dtOf(24)),
      `users/json/dt=${dtOf(24)}/more`,
    ]);
    await remove(folder, KEYS.commit(2));
    expect(await verified(folder, { dt: dtOf(26) })).toMatchObject({ status: 'damaged', days: [{ dt: dtOf(26) }] });
  });

  test('without a snapshot has nothing to verify with the dt option, and the nearest days are reported', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 28);
    const on = (day: number) => verified(folder, { dt: dtOf(day), today: dtOf(29) });
    const nothing = { status: 'nothing', code: 11, days: [], findings: [], commits: 4 };
    const seen: string[][] = [];
    for (const [day, missing, nearest] of [
      [23, [], [24]],
      [26, [26], [25, 28]],
      [27, [27], [25, 28]],
      [29, [], [28]],
      [30, [], [28]],
    ] as const) {
      const verification = await on(day);
      expect(verification, String(day)).toMatchObject({
        ...nothing,
        missing_days: missing.map(dtOf),
        nearest_days: nearest.map(dtOf),
      });
      seen.push([...verification.nearest_days]);
    }
    expect(await on(28)).toMatchObject({ status: 'sound', missing_days: [], nearest_days: [] });
    shown(
      'C11',
      'verify --dt of a day between two snapshots, before the first, after the last',
      `exit 11, and the nearest days: ${[seen[1], seen[0], seen[4]].map((days) => days?.join(' and ')).join('; ')}`,
      '"nothing to verify", as for a folder that does not exist',
    );
  });
});
