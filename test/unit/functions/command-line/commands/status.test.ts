import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { define, run } from '../../../../../functions/command-line/commands/status.ts';
import { Output } from '../../../../../functions/command-line/output.ts';
import { statusReport } from '../../../../../functions/command-line/status-report.ts';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import type { DayStatus } from '../../../../../functions/snapshot/status/day-status.ts';
import type { StoreStatus } from '../../../../../functions/snapshot/status/status.ts';
import { dtOf } from '../../../../support/clock.ts';
import { runCommand } from '../../../../support/command.ts';
import { copyOf, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { RUNNING } from '../../../../support/run-documents.ts';
import { newDouble } from '../../../../support/s3/bucket-calls.ts';
import { environmentOf, storeAt } from '../../../../support/s3/place.ts';
import { newFolder } from '../../../../support/take.ts';

const stores = useFourCommits();

/** Runs the command in this process, at noon on a day of February 2020. */
async function status(place: string, words: readonly string[], day: number): Promise<{ code: number; text: string }> {
  const out = new PassThrough();
  const command = define(new Command('status'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(['--store', place, ...words], { from: 'user' });
  const printed = new Output(out);
  const code = await run(command, {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt: new AbortController().signal,
    now: () => new Date(`${dtOf(day)}T12:00:00.000Z`),
    out: printed,
    err: new Output(new PassThrough()),
  });
  printed.end();
  await finished(printed);
  return { code, text: String(out.read() ?? '') };
}

/** Three days with a snapshot, two without a run, a refused one. */
async function gaps(): Promise<string> {
  const { three, runOn } = stores();
  const folder = await copyOf(three);
  await runOn(folder, 28);
  const refused = {
    ...{ ...RUNNING, dt: dtOf(29), status: 'refused', code: 6, started_at: `${dtOf(29)}T02:15:00.000Z` },
    message: `${'a long reason '.repeat(8)}that ends here`,
  };
  await write(folder, KEYS.run(refused.run_id), documentBytes(refused));
  return folder;
}

describe('status as text', () => {
  test('has a line for each day, a range for missing days in a row, the reason for a refusal, and the newest commit', async () => {
    const folder = await gaps();
    const { newest_commit_sha256 } = await verified(folder);
    const { code, text } = await status(folder, [], 30);
    expect(code).toBe(0);
    expect(text).toBe(`dt          users  administrators  joined  left  state
2020-02-24      3               0       -     -  published
2020-02-25      3               0       0     0  published
2020-02-26 to 2020-02-27                         missing, 2 days
2020-02-28      3               0       0     0  published
2020-02-29      -               -       -     -  refused (6)
    a long reason a long reason a long reason a long reason a long reason a long
    reason a long reason a long reason that ends here
3 snapshots, 2 missing, 1 refused
newest commit 4
sha256 ${newest_commit_sha256}
`);
  });

  test('can be limited to the last days, and says where the snapshots are if there is none among them', async () => {
    const folder = await gaps();
    const { code, text } = await status(folder, ['--since', '2d'], 30);
    expect([code, text.split('\n').slice(1, 3)]).toEqual([
      0,
      [expect.stringMatching(/^2020-02-28 .*published$/), expect.stringMatching(/^2020-02-29 .*refused \(6\)$/)],
    ]);
    const none = await status(folder, ['--since', '2020-02-29'], 30);
    expect(none.code).toBe(11);
    expect(none.text).toContain(
      '0 snapshots, 0 missing, 1 refused. The snapshots of the store are from\n    2020-02-24 to 2020-02-28\n',
    );
  });

  test('fits 80 columns with ten million users in every column and the widest state', () => {
    const count = 10_000_000;
    const counts = { users: count, administrators: count, joined: count, left: count, commit: 99_999_999, runs: 1 };
    const states: Partial<DayStatus>[] = [
      { state: 'published' },
      { state: 'interrupted', message: 'x '.repeat(200) },
      { state: 'failed', code: 143, message: '小林 '.repeat(100) },
      { state: 'missing' },
      { state: 'missing' },
    ];
    const report: StoreStatus = {
      days: states.map((day, i) => ({
        dt: dtOf(20 + i),
        code: null,
        message: null,
        ...counts,
        state: 'failed',
        ...day,
      })),
      ...{ snapshot_days: [dtOf(20)], missing_days: [], refused_days: [], findings: [] },
      ...{ first_day: dtOf(20), last_day: dtOf(20), newest_commit: 99_999_999, newest_commit_sha256: 'f'.repeat(64) },
    };
    const lines = [...statusReport({ place: 'x', exists: true }, report)].join('').split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    expect(lines).toContainEqual(expect.stringMatching(/^2020-02-23 to 2020-02-24 +missing, 2 days$/));
  });

  test('is no line that a stored document could forge or use to steer the terminal', async () => {
    const folder = await copyOf(stores().three);
    const message = '\u001b[2J\u009b\r\n2020-02-26  9  9  published';
    const failed = { ...RUNNING, dt: dtOf(26), status: 'failed', code: 4, message };
    await write(folder, KEYS.run(failed.run_id), documentBytes(failed));
    const { text } = await status(folder, [], 27);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text.match(/^2020-02-26/gm)).toHaveLength(1);
  });
});

test('status as JSON is one document with the same facts, each missing day by itself', async () => {
  const folder = await gaps();
  const { code, text } = await status(folder, ['--format', 'json'], 30);
  const document = JSON.parse(text);
  expect([code, text.trim().split('\n')]).toEqual([0, [expect.any(String)]]);
  expect(document).toMatchObject({
    snapshot_days: [dtOf(24), dtOf(25), dtOf(28)],
    missing_days: [dtOf(26), dtOf(27), dtOf(29)],
    refused_days: [dtOf(29)],
    ...{ first_day: dtOf(24), last_day: dtOf(28), newest_commit: 4, findings: [] },
  });
  expect(document.days.map(({ state }: { state: string }) => state)).toEqual([
    'published',
    'published',
    'missing',
    'missing',
    'published',
    'refused',
  ]);
});

describe('status ends with', () => {
  test.each([
    ['empty', 'no snapshots in '],
    ['absent', 'there is no such folder'],
  ])('11 for an %s folder, and says so', async (name, what) => {
    const folder = await newFolder();
    await mkdir(join(folder, 'empty'));
    const { code, out } = await runCommand(['status', '--store', name], { cwd: folder });
    expect([code, out]).toEqual([11, expect.stringContaining(what)]);
  });

  test('2 if it begins in the future, or on something that is not a date', async () => {
    await expect(status(stores().four, ['--since', '2020-02-29'], 27)).rejects.toThrow(SettingsError);
    const { code, err } = await runCommand(['status', '--since', '0d'], { cwd: await newFolder() });
    expect([code, err]).toEqual([2, expect.stringContaining('from 1d to 3650d')]);
  });

  test('0 if a day is damaged, which it names', async () => {
    const folder = await copyOf(stores().four);
    await write(folder, KEYS.manifest(dtOf(25)), '{');
    const { code, out, err } = await runCommand(['status', '--store', '.'], { cwd: folder });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^2020-02-25 .* damaged\n {4}manifests\/manifest-2020-02-25\.json is not the manifest of its day$/m,
    );
  });
});

test('status of a bucket is that of a folder with the same objects', async () => {
  const double = await newDouble();
  const folder = await gaps();
  const store = storeAt(double, 'p');
  const { FolderStore } = await import('../../../../../functions/snapshot/store/folder/folder-store.ts');
  const local = new FolderStore(folder);
  for (const top of ['commits/', 'runs/', 'manifests/'])
    for (const key of await local.list(top)) await store.replace(key, (await local.read(key)) ?? Buffer.alloc(0));
  const { code, out, err } = await runCommand(['status', '--format', 'json', '--store', `s3://${double.bucket}/p`], {
    cwd: folder,
    environment: { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...environmentOf(double) },
  });
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toEqual(
    JSON.parse((await runCommand(['status', '--format', 'json', '--store', '.'], { cwd: folder })).out),
  );
});
