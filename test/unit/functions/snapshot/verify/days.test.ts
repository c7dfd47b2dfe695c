import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { dtOf } from '../../../../support/clock.ts';
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

/** What `verify` reports about each day: expired, missing, replaced, or the only one asked for. */

const stores = useFourCommits();

describe('a day', () => {
  const expire = async (folder: string, day: number) => {
    for (const key of [KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups]) await remove(folder, dirname(key(dtOf(day))));
  };

  test('whose users, changes and groups have all expired is noted, not damaged', async () => {
    const { four, runOn } = stores();
    const folder = await copyOf(four);
    await expire(folder, 24);
    await expire(folder, 25);
    await remove(folder, `raw/dt=${dtOf(24)}`);
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'sound', code: 0 });
    expect(verification.days.map(({ status }) => status)).toEqual(['expired', 'expired', 'sound']);
    expect(keysOf(verification, 'note')).toEqual([KEYS.manifest(dtOf(24)), KEYS.manifest(dtOf(25))]);
    await runOn(folder, 26);
    expect((await verified(folder)).status).toBe('sound');
  });

  test('that has lost only some of its objects is damaged', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await expire(folder, 24);
    await write(folder, KEYS.csv(dtOf(24)), await readFile(join(four, KEYS.csv(dtOf(24)))));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([KEYS.json(dtOf(24)), KEYS.changes(dtOf(24)), KEYS.groups(dtOf(24))]);
  });

  test('that has expired is damaged if its manifest is missing', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await expire(folder, 24);
    await remove(folder, KEYS.manifest(dtOf(24)));
    expect((await verified(folder)).code).toBe(9);
  });

  test('without a snapshot is reported as missing, from the first snapshot to yesterday', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 28);
    const on = async (day: number) => (await verified(folder, { today: dtOf(day) })).missing_days;
    expect(await on(28)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(29)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(32)).toEqual(['2020-02-26', '2020-02-27', '2020-02-29', '2020-03-01', '2020-03-02']);
    expect(await on(24)).toEqual([]);
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

  test('without a snapshot is nothing to verify with the dt option', async () => {
    const { four } = stores();
    expect(await verified(four, { dt: dtOf(23) })).toMatchObject({ status: 'nothing', code: 11, days: [], commits: 4 });
  });
});
