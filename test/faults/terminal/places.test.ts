import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { answer, serveAnodot, TOKEN } from '../../support/anodot/server.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { leftIn } from '../../support/left-behind.ts';
import { newFolder } from '../../support/take.ts';

/** With a mistyped --store, an unset variable or a lost token, nothing is written, and the message says what was probably meant. */

/** Invisible characters, which the table shows as escapes. */
const STEERING = /[\p{Cf}\u007f-\u009f]/gu;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

let cwd: string;
beforeEach(async () => {
  cwd = await newFolder();
});

const EMPTY = 'Is a variable not set?';
const MISTYPED = [
  ['', EMPTY],
  [' ', EMPTY],
  ['undefined', 'Is a variable not set?'],
  ['null', 'Is a variable not set?'],
  ['--force', EMPTY],
  ['./snapshots\r', 'white space'],
  ['"./snapshots"', 'quotes'],
  ['~/snapshots', 'did not expand it'],
  ['$HOME/snapshots', 'did not expand it'],
  ['%USERPROFILE%\\snapshots', 'did not expand it'],
  ['s3:/bucket/x', 'Did you mean s3://bucket/x?'],
  ['s3//bucket/x', 'Did you mean s3://bucket/x?'],
  ['s3:bucket', 'Did you mean s3://bucket?'],
  ['S3://bucket/x', 'Did you mean s3://bucket/x?'],
  ['s3a://bucket/x', 'Did you mean s3://bucket/x?'],
  ['./s3://bucket/x', 'Did you mean s3://bucket/x?'],
  ['s3:', 'Did you mean s3://bucket/prefix?'],
  ['arn:aws:s3:::bucket/x', 'Did you mean s3://bucket/x?'],
  ['https://bucket.s3.eu-central-1.amazonaws.com/x', 'Did you mean s3://bucket/x?'],
  ['https://s3.eu-central-1.amazonaws.com/bucket/x', 'Did you mean s3://bucket/x?'],
  ['bucket.s3.amazonaws.com', 'Did you mean s3://bucket?'],
  ['file:///data/snapshots', 'Did you mean /data/snapshots?'],
  ['gs://bucket/x', 'Expected a folder, or s3://bucket/prefix.'],
  ['https://example.com/x', 'Expected a folder, or s3://bucket/prefix.'],
  ['azure:container', 'Expected a folder, or s3://bucket/prefix.'],
] as const;
/** The places of the next list that were rejected before as well. */
const ALREADY = /^(--|\ufeff|\$\(|s3: )|\p{Cc}/u;
/** Most of these were once accepted as the name of a folder. */
const MISTYPED_OTHERWISE = [
  ['3://b/x', 'Expected a folder, or s3://bucket/prefix.'],
  [':s3://b', 'Did you mean s3://b?'],
  ['s3 ://b', 'Did you mean s3://b?'],
  ['s3;//b', 'Did you mean s3://b?'],
  ['s3：//b', 'Did you mean s3://b?'],
  ['s3：／／b', 'Did you mean s3://b?'],
  ['s3 //b', 'Did you mean s3://b?'],
  ['s3: //b', 'Did you mean s3://b?'],
  ['data/x;//b', 'Expected a folder, or s3://bucket/prefix.'],
  ['\u202es3://b', 'invisible character'],
  ['\u200e./x', 'invisible character'],
  ['s\u200b3://b', 'invisible character'],
  ['./snap\u00adshots', 'invisible character'],
  ['\ufeff./x', 'white space'],
  ['a\u001bb', 'control character'],
  ['store=./x', 'It looks like a setting.'],
  ['--store=./x', 'Is a variable not set?'],
  ['<store>', 'It is a placeholder.'],
  ['./<folder>/x', 'It is a placeholder.'],
  ['{{ store }}', 'It is a placeholder.'],
  ['None', 'Is a variable not set?'],
  ['NULL', 'Is a variable not set?'],
  ['nil', 'Is a variable not set?'],
  ['Undefined', 'Is a variable not set?'],
  ['undefined/snapshots', 'Is a variable not set?'],
  ['a/$X/b', 'did not expand it'],
  ['./$HOME', 'did not expand it'],
  ['$(pwd)/x', 'did not expand it'],
  ['a/%TEMP%/b', 'did not expand it'],
  ['`pwd`', 'quotes'],
] as const;
const HINTS = [
  ['s3:://b', 'Did you mean s3://b?', 'Did you mean s3://://b?'],
  ['file://a', 'Expected a folder, or s3://bucket/prefix.', 'Did you mean /a?'],
  ['file://localhost/a', 'Did you mean /a?', 'Did you mean /localhost/a?'],
  ['file:/a', 'Did you mean /a?', undefined],
  ['s3:\\\\bucket\\x', 'Did you mean s3://bucket/x?', 'Did you mean s3://bucket\\x?'],
] as const;

test.each(MISTYPED)('--store %j ends with 2, writes nothing and says %s', async (place, meant) => {
  const { code, out, err } = await runCommand(['--store', place], { cwd });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(meant);
  expect(await readdir(cwd)).toEqual([]);
  shown('C23', `--store ${JSON.stringify(place)}`, `exit ${code}: ${meant}`, 'exit 0, users in a local folder');
});

test.each(MISTYPED_OTHERWISE)('--store %j ends with 2 as well, writes nothing and says %s', async (place, meant) => {
  const { code, out, err } = await runCommand(['--store', place], { cwd });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(meant);
  expect(await readdir(cwd)).toEqual([]);
  const before = ALREADY.test(place) ? undefined : 'exit 0, users in a local folder';
  shown('C23', `--store ${JSON.stringify(place).replace(STEERING, escaped)}`, `exit ${code}: ${meant}`, before);
});

test.each(HINTS)('--store %j ends with 2 and says %s', async (place, meant, before) => {
  const { code, err } = await runCommand(['verify', '--store', place], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining(meant)]);
  shown('C23', `--store ${JSON.stringify(place)}`, `exit ${code}: ${meant}`, before);
});

test.each(['check', 'verify', 'changes', 'query'])('%s rejects a mistyped --store as well', async (name) => {
  for (const place of ['', 's3:/bucket/x', 'S3://bucket']) {
    const { code, err } = await runCommand([name, `--store=${place}`], { cwd });
    expect([code, err]).toEqual([2, expect.stringMatching(/Is a variable not set|Did you mean s3:\/\/bucket/)]);
  }
  expect(await readdir(cwd)).toEqual([]);
  shown('C23', `${name} with --store= empty, s3:/bucket/x, S3://bucket`, 'exit 2, and what was probably meant');
});

test.each([
  'data',
  './a:b',
  '/nowhere/x',
  'C:\\snapshots',
  's3',
  's3-copy',
  'Ünïcode und Leerzeichen',
  '.',
  '..',
  './a=b',
  'null-and-void',
  'a$b',
  '100%',
  './none/x',
  'a;b',
  './小林',
])('%j is accepted as a folder', async (place) => {
  const { code, err } = await runCommand(['verify', '--store', place], { cwd: await newFolder() });
  expect([code, err]).toEqual([11, '']);
});

test.each([
  ['verify', '--dt'],
  ['verify', '--expect'],
  ['changes', '--since'],
  ['changes', '--until'],
  ['changes', '--only'],
  ['changes', '--format'],
  ['snapshot', '--formats'],
  ['snapshot', '--format'],
])('%s %s with an empty value ends with 2', async (name, option) => {
  const { code, out } = await runCommand([name, `${option}=`], { cwd });
  expect([code, out, await readdir(cwd)]).toEqual([2, '', []]);
  shown('C23', `${name} ${option}=`, `exit ${code}`);
});

describe('without a token', () => {
  const USERS = [{ _id: 'a' }];
  async function takeReal(): Promise<void> {
    const server = await serveAnodot({ users: answer(USERS) });
    const environment = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
    expect((await runCommand(['--quiet'], { cwd, environment })).code).toBe(0);
    await server.close();
  }

  test('a run next to snapshots of an account ends with 3, takes nothing and says how to take the sample', async () => {
    await takeReal();
    const { code, err } = await runCommand([], { cwd });
    expect([code, await readdir(cwd)]).toEqual([3, ['snapshots']]);
    expect(err).toContain("./snapshots is neither empty nor the sample account's");
    expect(err).toContain('--store ./sample-snapshots');
    shown(
      'C24',
      'no token next to real ./snapshots',
      `exit ${code}, and how to take the sample`,
      'the sample is taken, exit 0',
    );
    expect((await runCommand(['--quiet', '--store', './sample-snapshots'], { cwd })).code).toBe(0);
    shown('C24', 'the same with --store ./sample-snapshots', 'exit 0: the sample is taken, as requested');
    expect((await runCommand(['--quiet'], { cwd })).code).toBe(3);
    expect((await runCommand(['--quiet', '--store', './snapshots'], { cwd })).code).toBe(3);
    shown('C24', 'the same with --store ./snapshots, or after the sample was taken', 'exit 3');
  });

  test('a run next to the sample takes the sample', async () => {
    expect((await runCommand(['--quiet', '--store', './snapshots'], { cwd })).code).toBe(0);
    expect((await runCommand(['--quiet'], { cwd })).code).toBe(0);
    const other = await newFolder();
    await mkdir(join(other, 'snapshots/.staged'), { recursive: true }); // what a killed first run of the sample leaves
    expect((await runCommand(['--quiet'], { cwd: other })).code).toBe(0);
  });

  test('a run next to ./snapshots with nothing but refused runs ends with 3', async () => {
    const server = await serveAnodot({ users: answer([]) });
    const environment = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
    expect((await runCommand(['--quiet'], { cwd, environment })).code).toBe(6);
    await server.close();
    expect((await readdir(join(cwd, 'snapshots'))).sort()).toEqual(['.staged', 'raw', 'runs']);
    const { code } = await runCommand([], { cwd });
    expect([code, await readdir(cwd)]).toEqual([3, ['snapshots']]);
    shown(
      'C24',
      'no token next to ./snapshots with only runs/ and raw/',
      `exit ${code}`,
      'the sample is taken, exit 0',
    );
  });

  test('a run next to ./snapshots without commits, or with a file of another kind, ends with 3', async () => {
    await takeReal();
    await rm(join(cwd, 'snapshots/commits'), { recursive: true });
    const { code } = await runCommand([], { cwd });
    expect([code, await readdir(cwd)]).toEqual([3, ['snapshots']]);
    shown('C24', 'no token next to ./snapshots without commits/', `exit ${code}`, 'the sample is taken, exit 0');
    await rm(join(cwd, 'snapshots'), { recursive: true });
    await mkdir(join(cwd, 'snapshots'));
    await writeFile(join(cwd, 'snapshots/notes.txt'), 'mine');
    const other = await runCommand([], { cwd });
    expect([other.code, await readdir(cwd)]).toEqual([3, ['snapshots']]);
    shown(
      'C24',
      'no token next to ./snapshots with a file of another kind',
      `exit ${other.code}`,
      'the sample is taken, exit 0',
    );
  });

  test.each([
    [{ ANODOT_TOKEN: '' }, 'ANODOT_TOKEN is empty'],
    [{ ANODOT_TOKEN: '\n' }, 'ANODOT_TOKEN is empty'],
    [{ ANODOT_URL: 'https://app.anodot.com' }, 'ANODOT_TOKEN is not set, but ANODOT_URL is'],
    [{ ANODOT_URL: '' }, 'ANODOT_TOKEN is not set, but ANODOT_URL is'],
    [{ ANODOT_TOKEN_SECRET_ID: 'x' }, 'ANODOT_TOKEN is not set, but ANODOT_TOKEN_SECRET_ID is'],
    [{ ANODOT_REFRESH_TOKEN: 'x' }, 'ANODOT_TOKEN is not set, but ANODOT_REFRESH_TOKEN is'],
    [{ anodot_token: 'x' }, 'ANODOT_TOKEN is not set, but anodot_token is'],
    [
      { SNAPSHOT_STORE: 's3://x/y', SNAPSHOT_KEEP_RAW: 'false' },
      'ANODOT_TOKEN is not set, but SNAPSHOT_KEEP_RAW, SNAPSHOT_STORE is',
    ],
    [{ SNAPSHOT_KEEP_RAW: 'false' }, 'ANODOT_TOKEN is not set, but SNAPSHOT_KEEP_RAW is'],
  ])('a run with %j ends with 3 and takes nothing', async (environment, message) => {
    const { code, err } = await runCommand([], { cwd, environment: { ...environment } });
    expect([code, (await leftIn(join(cwd, 'snapshots'))).published]).toEqual([3, []]);
    expect(await readdir(cwd)).not.toContain('sample-snapshots');
    expect(err).toContain(message);
    shown('C24', `no token, and ${JSON.stringify(environment)}`, `exit ${code}: ${message}`);
  });
});
