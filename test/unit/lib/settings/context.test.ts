import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../../../lib/settings/context.ts';
import { InvalidSettingsError } from '../../../../lib/settings/invalid-settings-error.ts';
import { withDefaults } from '../../../../lib/settings/options.ts';
import { KEY_ARN } from '../../../support/cdk/synthesis.ts';
import { shown } from '../../../support/fault-table.ts';

/** The lines of the error for invalid context; none if it is valid. */
function linesFor(context: { readonly [key: string]: unknown }, region?: string): string[] {
  try {
    parseSettings(context, region);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSettingsError);
    return error instanceof Error ? error.message.split('\n').slice(1) : [];
  }
  return [];
}

test('context without settings gives the defaults', () => {
  expect(parseSettings({})).toEqual(withDefaults({}));
});

test('text from the command line is read as the value it spells', () => {
  const text = { formats: 'csv, json', keepRaw: 'false', athena: 'true', retentionDays: '30', maxDropPercent: '12.5' };
  const meant = { formats: ['csv', 'json'], keepRaw: false, athena: true, retentionDays: 30, maxDropPercent: 12.5 };
  expect(parseSettings(text)).toEqual({ ...parseSettings({}), ...meant, rawRetentionDays: 30, athenaDays: 30 });
  expect(parseSettings(meant)).toEqual(parseSettings(text));
});

test('a blank setting counts as not set', () => {
  expect(parseSettings({ alarmEmail: ' ', retentionDays: '', bucketName: '' })).toEqual(parseSettings({}));
});

test('the API is off with api=off or api=false, and on with api=iam', () => {
  expect(parseSettings({ api: 'off' }).api).toBeUndefined();
  expect(parseSettings({ api: 'false' }).api).toBeUndefined();
  expect(parseSettings({ api: false }).api).toBeUndefined();
  expect(parseSettings({ api: 'iam' }).api).toBe('iam');
});

test("CDK's own context is ignored", () => {
  const ofCdk = {
    'aws:cdk:enable-path-metadata': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    'cli-telemetry': false,
    'acknowledged-issue-numbers': [1],
    'availability-zones:account=1:region=eu-central-1': ['a'],
    'cdk-migrate': true,
  };
  expect(parseSettings(ofCdk)).toEqual(parseSettings({}));
});

test('one error lists every unknown, invalid and conflicting key, with what was expected and what was found', () => {
  const lines = linesFor({
    retentionDays: '0',
    formats: 'json,xml',
    api: 'open',
    dailyAtUtc: '24:00',
    keepRaw: 'no',
    bucketNam: 'x',
    athena: 'false',
    athenaDays: '30',
  });
  expect(lines).toEqual([
    '- bucketNam: unknown setting. Did you mean bucketName?',
    '- formats: expected a comma-separated list of json, csv, got "json,xml"',
    '- keepRaw: expected true or false, got "no"',
    expect.stringMatching(/^- dailyAtUtc: expected a time of day from 00:00 to 23:15 .*, got "24:00"$/),
    '- retentionDays: expected a whole number from 1 to 3650, got "0"',
    '- api: expected iam or off, got "open"',
    '- athenaDays: not allowed with athena=false: there is no database',
  ]);
});

test('an unknown key that resembles no setting is an error that lists all settings', () => {
  expect(linesFor({ zqxjzqxj: 1 })).toEqual([
    expect.stringMatching(/^- zqxjzqxj: unknown setting\. The settings are anodotUrl, .*kmsKey/),
  ]);
});

test.each([
  ['bucketName', 'Bucket'],
  ['bucketName', 's3://bucket'],
  ['bucketName', '192.168.1.1'],
  ['bucketName', 'xn--abc'],
  ['bucketName', 'sthree-configurator'],
  ['bucketName', 'amzn-s3-demo-bucket'],
  ['bucketName', 'company-s3alias'],
  ['bucketName', 'company--ol-s3'],
  ['bucketName', 'company.mrap'],
  ['bucketName', 'company--x-s3'],
  ['bucketName', 'company--table-s3'],
  ['anodotUrl', 'true'],
  ['anodotUrl', 'eu.anodot.com'],
  ['anodotUrl', 'https://u:p@app.anodot.com'],
  ['anodotUrl', 'https://app.anodot.com/?token=1'],
  ['anodotUrl', 'https://app.anodot.com:port'],
  ['kmsKey', 'alias/key'],
  ['kmsKey', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890a'],
  ['kmsKey', 'arn:aws:kms:eu-central-1:123456789012:alias/key'],
  ['tokenSecret', 'with space'],
  ['tokenSecret', 'a'.repeat(513)],
  ['tokenSecret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token'],
  ['tokenSecretKey', 'alias/key'],
  ['stackName', '1st'],
])('%s is rejected with the value %s', (key, value) => {
  expect(linesFor({ [key]: value })).toEqual([expect.stringContaining(`- ${key}: expected `)]);
});

test.each([
  ['kmsKey', 'create'],
  ['kmsKey', 'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab'],
  ['tokenSecret', 'anodot/token'],
  ['tokenSecret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token-AbCdEf'],
  ['bucketName', 'my.bucket-1'],
  ['bucketName', '192.168.1.1a'],
  ['bucketName', 'company-xn--a'],
  ['anodotUrl', 'HTTPS://EU.anodot.com/'],
  ['stackName', 'anodot-staging'],
])('%s may be %s', (key, value) => {
  expect(linesFor({ [key]: value })).toEqual([]);
});

test.each([
  [{ tokenSecret: 'anodot/token', tokenSecretKey: KEY_ARN }, 'tokenSecretKey'],
  [{ tokenSecretKey: KEY_ARN }, 'tokenSecretKey'],
  [{ bucketName: 'bucket', retentionDays: '30' }, 'retentionDays'],
  [{ bucketName: 'bucket', rawRetentionDays: '30' }, 'rawRetentionDays'],
  [{ bucketName: 'bucket', breakGlassRole: 'arn:aws:iam::123456789012:role/a' }, 'breakGlassRole'],
  [{ bucketName: 'bucket', kmsKey: 'create' }, 'kmsKey'],
])('settings that conflict are an error: %j', (context, name) => {
  expect(linesFor(context)).toEqual([expect.stringMatching(`^- ${name}: .*not allowed `)]);
});

const ORDER = ['kmsKey', 'tokenSecret', 'tokenSecretKey'];
const keyIn = (region: string) => KEY_ARN.replace('eu-central-1', region);
const secretIn = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:anodot/token-AbCdEf`;

test.each([
  [{ kmsKey: keyIn('us-east-1') }, ['kmsKey']],
  [{ bucketName: 'company', kmsKey: keyIn('us-east-1') }, ['kmsKey']],
  [{ tokenSecret: secretIn('eu-central-1') }, ['tokenSecret']],
  [{ kmsKey: keyIn('us-east-1'), tokenSecret: secretIn('eu-central-1'), tokenSecretKey: keyIn('sa-east-1') }, ORDER],
  [{ tokenSecret: secretIn('ap-south-1'), tokenSecretKey: keyIn('sa-east-1') }, ['tokenSecretKey']],
])("an ARN from a region other than the stack's is an error that names both regions: %j", (context, names) => {
  const lines = linesFor(context, 'ap-south-1');
  expect(
    lines.map((line) => /^- (\w+): it is in \S+, but the stack is deployed to ap-south-1: /.exec(line)?.[1]),
  ).toEqual(names);
  shown(
    'C31',
    `settings of the app in ap-south-1: ${namesAndRegions(context)}`,
    `errors about ${names.length}`,
    'accepted',
  );
});
const namesAndRegions = (context: object) =>
  Object.entries(context)
    .filter(([name]) => ORDER.includes(name))
    .map(([name, arn]) => `${name} in ${String(arn).split(':')[3]}`)
    .join(', ');

test.each([
  [{ kmsKey: keyIn('us-east-1'), tokenSecret: secretIn('eu-central-1') }, 'tokenSecret'],
  [{ tokenSecret: secretIn('eu-central-1'), tokenSecretKey: keyIn('sa-east-1') }, 'tokenSecretKey'],
])("ARNs from different regions are an error even if the stack's region isn't known: %j", (context, name) => {
  expect(linesFor(context)).toEqual([
    expect.stringMatching(`^- ${name}: it is in .*both must be in the stack's region`),
  ]);
  shown('C31', `settings of the app: ${namesAndRegions(context)}`, `an error about ${name}`, 'accepted');
});

test("ARNs from the stack's region are accepted for any account", () => {
  const context = {
    kmsKey: keyIn('eu-central-1').replace('123456789012', '222222222222'),
    tokenSecret: secretIn('eu-central-1'),
  };
  for (const region of ['eu-central-1', undefined, '']) expect(linesFor(context, region)).toEqual([]);
  shown('C31', `settings of the app in eu-central-1: ${namesAndRegions(context)}`, 'accepted');
});

test('conflicts are listed together with invalid settings', () => {
  expect(linesFor({ bucketName: 'bucket', retentionDays: '30', memorySize: '1' })).toHaveLength(2);
});

test("errors show neither a token given as its secret's name nor a password", () => {
  const lines = linesFor({ tokenSecret: 'the token!', anodotUrl: 'https://user:password@app.anodot.com' });
  expect(lines).toHaveLength(2);
  expect(lines.join()).not.toMatch(/the token!|password@/);
});

test.each(['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1', '722354b8a0d94d6f8a1c3e5f70912b4d'])(
  "a value that looks like a token is rejected as its secret's name, since the template would reveal it: %s",
  (token) => {
    const lines = linesFor({ tokenSecret: token });
    expect(lines).toEqual([expect.stringMatching(/^- tokenSecret: .*, got a value that is not shown$/)]);
    expect(lines.join()).not.toContain(token);
  },
);

test.each(['anodotUrl', 'tokenSecretKey', 'athenaDatabase', 'kmsKey', 'retentionDays'])(
  'a value of %s that looks like a token is not shown',
  (name) => {
    for (const token of ['eyJhbGciOiJIUzI1NiJ9.e30.abc', ' eyJhbGciOiJIUzI1NiJ9', '722354b8a0d94d6f8a1c3e5f70912b4d'])
      for (const value of [token, `\n${token}`, `https://${token}@app.anodot.com`, [token], { token }])
        expect(linesFor({ [name]: value })).toEqual([
          expect.stringMatching(new RegExp(`^- ${name}: expected .*, got a value that is not shown$`)),
        ]);
  },
);

test('the id of a KMS key is not taken for a token', () => {
  const value = 'arn:aws:kms:eu-central-1:1:key/mrk-1234abcd12ab34cd56ef1234567890ab';
  expect(linesFor({ kmsKey: value })).toEqual([expect.stringContaining(`got "${value}"`)]);
});

test('a name that is not a word is quoted, without control characters, and one that looks like a token is not shown', () => {
  expect(linesFor({ 'a b\u001b[2J\u009b\u202e\n': 1 })).toEqual([
    expect.stringMatching(/^- "a b\\u001b\[2J\\u\{9b\}\\u\{202e\}\\n": unknown setting/),
  ]);
  expect(linesFor({ eyJhbGciOiJIUzI1NiJ9: 1 })).toEqual([
    expect.stringMatching(/^- a name that is not shown: unknown setting/),
  ]);
});

test('control characters of a value are escaped', () => {
  expect(linesFor({ api: '\u009b2J\u202e' })).toEqual([String.raw`- api: expected iam or off, got "\u{9b}2J\u{202e}"`]);
});

test('errors shorten a long value', () => {
  expect(linesFor({ memorySize: 'x'.repeat(5000) }).join().length).toBeLessThan(300);
});

test('any context is either read or rejected with an InvalidSettingsError', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (context, value) => {
      for (const extra of [{}, { formats: value }, { retentionDays: value, tokenSecret: value }])
        try {
          parseSettings({ ...context, ...extra });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSettingsError);
        }
    }),
  );
});
