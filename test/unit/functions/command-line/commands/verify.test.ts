import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import { copyOf, remove, useFourCommits, write } from '../../../../support/four-commits.ts';
import { newFolder } from '../../../../support/take.ts';
import { verify } from '../../../../support/verify-command.ts';

/** The options of the verify command and what it prints, at a given time. */

const stores = useFourCommits();

const lastLine = async (...call: Parameters<typeof verify>): Promise<string> => {
  const { code, lines } = await verify(...call);
  return `${code} ${lines.at(-1)}`;
};

describe('the options of verify', () => {
  test.each([
    [['--since', '2020-02-26'], '--since requires --fail-on-missing'],
    [['--fail-on-missing', '--since', '2020-02-29'], '--since: 2020-02-29 is in the future'],
    [
      ['--fail-on-missing', '--since', '2020-02-26', '--dt', '2020-02-25'],
      "--dt: 2020-02-25 is before --since 2020-02-26, so it can't count as missing",
    ],
    [['--removed', '2020-02-24', '--removed', '2020-02-28'], '--removed: 2020-02-28 is in the future'],
    [
      ['--since', '2020-02-29', '--removed', '2020-02-28'],
      '--since requires --fail-on-missing; --since: 2020-02-29 is in the future; --removed: 2020-02-28 is in the future',
    ],
  ])('%j contradict each other or today, and end with 2 before any read', async (words, message) => {
    const error: unknown = await verify('s3://not a bucket', words).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect(error).toMatchObject({ code: 2, message });
    shown('C12', `verify ${words.join(' ')}, on ${dtOf(27)}`, `exit 2: ${message}`, 'no such options');
  });

  test.each([
    [['--fail-on-missing', '--since', '2020-02-27']],
    [['--fail-on-missing', '--since', '2020-02-26', '--dt', '2020-02-26']],
    [['--removed', '2020-02-27']],
    [['--kept-days', '1']],
    [['--kept-days', '3650']],
  ])('%j can be combined', async (words) => {
    expect((await verify(stores().four, words)).code).toBe(0);
  });

  test.each([
    ...['0', '3651', '1.5', '1e2', '-1', '+1', '', ' 1', '0x10', '00400', 'week'].map((days) => ['--kept-days', days]),
    ...['--since', '--dt', '--removed'].flatMap((option) =>
      ['2020-02-30', '2020-2-3', 'yesterday', '20200224', ''].map((day) => [option, day]),
    ),
  ])('%s %j is rejected', async (option, value) => {
    const expected = option === '--kept-days' ? 'Expected a whole number from 1 to 3650.' : 'Expected a date like';
    await expect(verify(stores().four, [`${option}=${value}`])).rejects.toThrow(expected);
  });
});

describe('verify ends with', () => {
  test('12 if a day is missing, and names it; --since limits it', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 27);
    const { code, lines } = await verify(folder, ['--fail-on-missing']);
    expect(code).toBe(12);
    expect(lines.slice(0, -1)).toEqual([
      '2020-02-24  sound        3 users, commit 1',
      '2020-02-25  sound        3 users, commit 3',
      '2020-02-27  sound        3 users, commit 4',
      'missing: 2020-02-26',
    ]);
    expect(lines.at(-1)).toMatch(
      /^incomplete: 3 days from 2020-02-24 to 2020-02-27, 3 users on 2020-02-27, newest commit 4, sha256 [0-9a-f]{64}$/,
    );
    expect(await lastLine(folder, ['--fail-on-missing', '--since', '2020-02-26'])).toMatch(/^12 incomplete: /);
    expect(await lastLine(folder, ['--fail-on-missing', '--since', '2020-02-27'])).toMatch(/^0 sound: /);
    expect(await lastLine(folder, [])).toMatch(/^0 sound: /);
    const json = await verify(folder, ['--fail-on-missing', '--format', 'json']);
    expect(json.code).toBe(12);
    expect(JSON.parse(json.lines.join('\n'))).toMatchObject({
      status: 'incomplete',
      code: 12,
      missing_days: [dtOf(26)],
    });
  });

  test('0 or 9 depending on --kept-days and --removed, after the state of each day', async () => {
    const folder = await copyOf(stores().four);
    for (const day of [24, 25])
      for (const key of [KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups]) await remove(folder, key(dtOf(day)));
    await remove(folder, KEYS.csv(dtOf(26)));
    const states = async (words: string[]) => {
      const { code, lines } = await verify(folder, words, `${dtOf(28)}T12:00:00.000Z`);
      return [code, ...lines.slice(0, 3).map((line) => line.split(/ +/)[1])];
    };
    expect(await states([])).toEqual([0, 'expired', 'expired', 'expiring']);
    expect(await states(['--kept-days', '1'])).toEqual([0, 'expired', 'expired', 'expiring']);
    expect(await states(['--kept-days', '2'])).toEqual([9, 'expired', 'expired', 'damaged']);
    expect(await states(['--kept-days', '3'])).toEqual([9, 'expired', 'damaged', 'damaged']);
    expect(await states(['--kept-days', '3', '--removed', dtOf(25), '--removed', dtOf(26)])).toEqual([
      0,
      'expired',
      'removed',
      'removed',
    ]);
  });

  test('0 or 12 for a missing day, depending on --since, which may count days back from today', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 27);
    expect((await verify(folder, ['--fail-on-missing', '--since', '1d'], `${dtOf(28)}T12:00:00.000Z`)).code).toBe(0);
    expect((await verify(folder, ['--fail-on-missing', '--since', '2d'], `${dtOf(28)}T12:00:00.000Z`)).code).toBe(12);
  });

  test('9 for a commit of the future, unless a clock that is up to fifteen minutes slow explains it', async () => {
    const { four } = stores();
    expect(await lastLine(four, [], `${dtOf(25)}T23:44:59.999Z`)).toMatch(/^9 damaged: 2 days /);
    expect(await lastLine(four, [], `${dtOf(25)}T23:45:00.000Z`)).toMatch(/^0 sound: 3 days /);
  });
});

describe('verify warns about --removed for a day', () => {
  const warning = async (folder: string, words: string[]) => {
    const { code, err } = await verify(folder, words, `${dtOf(28)}T12:00:00.000Z`);
    return [code, err];
  };

  test('that is complete, or that has no snapshot, and ends as if it had not been given', async () => {
    const { four } = stores();
    expect(await warning(four, ['--removed', dtOf(25)])).toEqual([
      0,
      'Warning: --removed 2020-02-25: nothing was removed from this day. It is complete\n',
    ]);
    expect(await warning(four, ['--removed', dtOf(27), '--removed', dtOf(27), '--format', 'json'])).toEqual([
      0,
      'Warning: --removed 2020-02-27: there is no snapshot of this day\n',
    ]);
  });

  test('only if the day was verified, and not if something was removed from it', async () => {
    const folder = await copyOf(stores().four);
    expect(await warning(folder, ['--dt', dtOf(24), '--removed', dtOf(25)])).toEqual([0, '']);
    await remove(folder, KEYS.csv(dtOf(25)));
    expect(await warning(folder, ['--removed', dtOf(25)])).toEqual([0, '']);
  });
});

describe('verify that has nothing to verify says', () => {
  test('which days around a missing one have a snapshot', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 27);
    const on = (dt: string) => lastLine(folder, ['--dt', dt]);
    const start = `11 nothing to verify in ${folder}: `;
    const between = await on('2020-02-26');
    expect(between).toBe(`${start}2020-02-26 has no snapshot; the nearest are 2020-02-25 and 2020-02-27`);
    const before = await on('2019-12-31');
    expect(before).toBe(`${start}2019-12-31 has no snapshot; the nearest is 2020-02-24`);
    const after = await on('2020-02-28');
    expect(after).toBe(`${start}2020-02-28 is in the future; the nearest is 2020-02-27`);
    expect((await verify(folder, ['--dt', '2020-02-26'])).lines[0]).toBe('missing: 2020-02-26');
    for (const line of [between, before, after])
      shown(
        'C11',
        `verify --dt ${/\d{4}-\d\d-\d\d/.exec(line.slice(start.length))}`,
        `exit ${line.replace(folder, 'FOLDER')}`,
        '"nothing to verify in FOLDER"',
      );
  });

  test('that there is no snapshot, or no such folder', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'empty'));
    for (const words of [[], ['--dt', '2020-02-24']]) {
      for (const [name, what] of [
        ['empty', 'it has no snapshots'],
        ['absent', 'there is no such folder'],
      ] as const) {
        const place = join(folder, name);
        expect(await lastLine(place, words)).toBe(`11 nothing to verify in ${place}: ${what}`);
        if (words.length > 0)
          shown(
            'C11',
            `verify --dt of ${name === 'empty' ? 'an empty' : 'an absent'} folder`,
            `exit 11: ${what}`,
            '"nothing to verify in FOLDER"',
          );
      }
    }
  });
});

test('no key of a damaged store steers a terminal, in text or in JSON', async () => {
  const folder = await copyOf(stores().four);
  const names = ['users/\u001b]0;owned\u0007\u009b31m\nsound', 'runs/\u009b2J\u001b[H.json', 'commits/\u0085\u2028x'];
  for (const name of names) await write(folder, name, '{}');
  for (const format of ['text', 'json']) {
    const { code, lines } = await verify(folder, ['--format', format]);
    expect(code).toBe(9);
    expect(lines.join(''), format).not.toMatch(/\p{Cc}/u);
    if (format === 'json')
      expect(
        JSON.parse(lines.join(''))
          .findings.map(({ key }: { key: string }) => key)
          .toSorted(),
      ).toEqual(names.toSorted());
  }
  shown(
    'C21',
    'verify of files named with ESC, U+009B and line ends, as text and as JSON',
    'no control character is printed',
    'U+009B in JSON',
  );
});
