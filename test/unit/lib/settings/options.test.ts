import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { DEFAULTS } from '../../../../functions/snapshot/contract.ts';
import { conflictsOf, OPTIONS, withDefaults } from '../../../../lib/settings/options.ts';
import { choicesOf as choicesIn } from '../../../../lib/settings/props.ts';
import type { UserSnapshotsProps } from '../../../../lib/user-snapshots-props.ts';

const choicesOf = (props: UserSnapshotsProps) => choicesIn(props, new Stack());

test('an option that is not set has its default', () => {
  expect(withDefaults({})).toEqual({ ...DEFAULTS.run, ...DEFAULTS.deployment, athenaDays: 400, rawRetentionDays: 400 });
  expect(withDefaults({ maxDropPercent: 20, athena: false })).toMatchObject({ maxDropPercent: 20, athena: false });
});

test('tables cover the days for which users are kept, unless athenaDays is set', () => {
  expect(withDefaults({ retentionDays: 800 }).athenaDays).toBe(800);
  expect(withDefaults({ retentionDays: 800, athenaDays: 30 }).athenaDays).toBe(30);
});

test('raw responses are kept for as long as users, unless rawRetentionDays is set', () => {
  expect(withDefaults({ retentionDays: 800 }).rawRetentionDays).toBe(800);
  expect(withDefaults({ retentionDays: 800, rawRetentionDays: 90 }).rawRetentionDays).toBe(90);
  expect(withDefaults({ rawRetentionDays: 90 })).toMatchObject({ retentionDays: 400, rawRetentionDays: 90 });
});

test('every default is a valid option, and no two defaults conflict', () => {
  expect(choicesOf({ ...DEFAULTS.run })).toEqual(choicesOf({}));
  expect(choicesOf({ ...DEFAULTS.deployment })).toEqual(choicesOf({}));
  expect(conflictsOf({})).toEqual([]);
});

/** The files that declare props. */
async function sources(): Promise<string> {
  const names = ['user-snapshots-props.ts', 'function-props.ts'];
  const texts = names.map((name) => readFile(join(import.meta.dirname, '../../../../lib', name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

/** The docstring of every prop, by its name. */
async function docstrings(): Promise<ReadonlyMap<string, string>> {
  const found = (await sources()).matchAll(/\/\*\*\n((?: {3}\* .*\n)+) {3}\*\/\n {2}readonly (\w+)\?:/g);
  return new Map([...found].map(([, text = '', name = '']) => [name, text.replaceAll(/^ {3}\* /gm, '')]));
}

test('every prop has a sentence, an example and a default in its docstring', async () => {
  const source = await sources();
  const documented = await docstrings();
  expect([...documented.keys()]).toEqual([...source.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name));
  for (const [name, text] of documented) expect(text, name).toMatch(/^[A-Z`][^@]*\.\n@example .+\n@default .+\n$/);
});

test('every option is a documented prop, with the default that it has', async () => {
  const documented = await docstrings();
  expect(Object.keys(OPTIONS).filter((name) => !documented.has(name))).toEqual([]);
  const { prefix: _, ...defaults } = { ...DEFAULTS.run, ...DEFAULTS.deployment };
  for (const [name, value] of Object.entries(defaults)) {
    const [, text = ''] = /@default (.+)/.exec(documented.get(name) ?? '') ?? [];
    expect(text.replaceAll("'", '"').replaceAll(', ', ','), name).toBe(JSON.stringify(value));
  }
});

test('a prop and the setting of the same name are described by the same sentence', async () => {
  const documented = await docstrings();
  const firstSentence = (text = '') => /^.*?\.(?=\s|$)/s.exec(text.replaceAll('\n', ' '))?.[0];
  for (const [name, option] of Object.entries(OPTIONS))
    expect(firstSentence(documented.get(name)), name).toBe(firstSentence(option.meta()?.description));
});

const FINGERPRINTS = ['a1'.repeat(32), '0'.repeat(64)];

const BAD = [
  ['anodotUrl', 'http://app.anodot.com'],
  ['anodotUrl', 'https://app.anodot.com/path'],
  ['anodotUrl', 'https://app.anodot.com:444'],
  ['anodotUrl', 'https://evilanodot.com'],
  ['anodotUrl', 'https://anodot.com.example.com'],
  ['prefix', '/access'],
  ['prefix', 'access/'],
  ['prefix', 'a//b'],
  ['prefix', 'a/../b'],
  ['prefix', 'a b'],
  ['prefix', 'a*'],
  ['dailyAtUtc', '2:15'],
  ['dailyAtUtc', '23:16'],
  ['dailyAtUtc', '23:30'],
  ['dailyAtUtc', '24:00'],
  ['retentionDays', '3651'],
  ['retentionDays', '1.5'],
  ['rawRetentionDays', 'many'],
  ['breakGlassRole', 'SnapshotRecovery'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/*'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/Snapshot?'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/recovery/*/Snapshots'],
  ['breakGlassRole', 'arn:aws:iam::*:role/SnapshotRecovery'],
  ['breakGlassRole', 'arn:aws:iam::12345678901:role/SnapshotRecovery'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/'],
  ['breakGlassRole', `arn:aws:iam::123456789012:role/${'a'.repeat(65)}`],
  ['breakGlassRole', 'arn:aws:iam::123456789012:user/alice'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:root'],
  ['breakGlassRole', 'arn:aws:sts::123456789012:assumed-role/SnapshotRecovery/alice'],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/$' + '{aws:username}'],
  ['maxDropPercent', '-1'],
  ['maxDropPercent', '100.1'],
  ['alarmEmail', 'nobody'],
  ['timeoutSeconds', '901'],
  ['memorySize', '64'],
  ['reservedConcurrency', '0'],
  ['sign', 'yes'],
  ['earlierKeys', []],
  ['earlierKeys', 'a1'],
  ['earlierKeys', 'A1'.repeat(32)],
  ['earlierKeys', `${'a1'.repeat(32)},`],
  ['earlierKeys', ['a1'.repeat(32), 'a1'.repeat(33)]],
  ['earlierKeys', [1]],
  ['signedFrom', 0],
  ['signedFrom', '-1'],
  ['signedFrom', '1.5'],
  ['signedFrom', '1000000000000'],
  ['maxTokenAgeDays', '-1'],
  ['maxTokenAgeDays', '3651'],
  ['athenaDatabase', 'Users'],
  ['athenaDatabase', 'primary'],
  ['athenaDatabase', 'default'],
  ['athenaDatabase', 'information_schema'],
  ['athenaDatabase', '1st'],
  ['athenaDatabase', 'anodot-users'],
  ['athenaDatabase', 'a b'],
  ['athenaDatabase', '_users'],
  ['athenaDatabase', 'a'.repeat(65)],
  // CDK's notation for a name that is only known at deployment.
  ['athenaDatabase', '$' + '{Token[TOKEN.1]}'],
  ['formats', []],
] as const;

test.each(BAD)('%s is rejected with the value %s', (name, value) => {
  // The types of the props exclude most of these, but a caller in JavaScript can still pass them.
  expect(() => Reflect.apply(choicesOf, undefined, [{ [name]: value }])).toThrow(`- ${name}: `);
});

test.each([
  ['anodotUrl', 'https://eu.anodot.com/'],
  ['prefix', 'access/prod=1'],
  ['dailyAtUtc', '23:15'],
  ['dailyAtUtc', '00:00'],
  ['athenaDatabase', 'a'.repeat(64)],
  ['breakGlassRole', 'arn:aws:iam::123456789012:role/Snapshot+Recovery=,.@-_1'],
  ['breakGlassRole', 'arn:aws-cn:iam::123456789012:role/a'],
  [
    'breakGlassRole',
    'arn:aws-us-gov:iam::123456789012:role/aws-reserved/sso.amazonaws.com/us-gov-west-1/AWSReservedSSO_a',
  ],
  ['maxTokenAgeDays', 0],
  ['sign', true],
])('%s may be %s', (name, value) => {
  expect(choicesOf({ [name]: value })).toMatchObject({ [name]: value });
});

test('earlierKeys is a list, or text with commas', () => {
  for (const earlierKeys of [FINGERPRINTS, FINGERPRINTS.join(', ')])
    expect(Reflect.apply(choicesOf, undefined, [{ sign: true, earlierKeys }])).toMatchObject({
      earlierKeys: FINGERPRINTS,
    });
});

test('signedFrom is a number, or the digits in the name of a commit', () => {
  for (const signedFrom of [42, '00000042'])
    expect(Reflect.apply(choicesOf, undefined, [{ sign: true, signedFrom }])).toMatchObject({ signedFrom: 42 });
});

test('a host that is not Anodot requires allowOtherHost', () => {
  const anodotUrl = 'https://127.0.0.1:8443';
  expect(conflictsOf({ anodotUrl })).toEqual([['anodotUrl', expect.stringContaining('allowOtherHost=true')]]);
  expect(conflictsOf({ anodotUrl, allowOtherHost: true })).toEqual([]);
});

test.each([
  [{ keepRaw: false, rawRetentionDays: 30 }, 'rawRetentionDays', 'not allowed with keepRaw=false'],
  [{ athena: false, athenaDatabase: 'users' }, 'athenaDatabase', 'not allowed with athena=false'],
  [{ earlierKeys: FINGERPRINTS }, 'earlierKeys', 'not allowed without sign'],
  [{ signedFrom: 42 }, 'signedFrom', 'not allowed without sign'],
  [{ athena: false, athenaDays: 800 }, 'athenaDays', 'not allowed with athena=false'],
  [{ prefix: 'p'.repeat(366) }, 'prefix', 'longer than 365 characters, which needs athena=false'],
])('options that conflict are a problem: %j', (chosen, name, problem) => {
  expect(conflictsOf(chosen)).toEqual([[name, expect.stringContaining(problem)]]);
});
