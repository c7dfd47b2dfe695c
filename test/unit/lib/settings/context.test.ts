import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContextError, parseSettings } from '../../../../lib/settings/context.ts';
import { nearestName } from '../../../../lib/settings/nearest-name.ts';

/** The lines of the error that bad context makes. */
function linesFor(context: { readonly [key: string]: unknown }): string[] {
  try {
    parseSettings(context);
  } catch (error) {
    expect(error).toBeInstanceOf(ContextError);
    return error instanceof Error ? error.message.split('\n').slice(1) : [];
  }
  return [];
}

test('no setting at all is right', () => {
  expect(parseSettings({})).toEqual({});
});

test('text of a command line becomes what it stands for', () => {
  const text = { formats: 'csv, json', keepRaw: 'false', athena: 'true', retentionDays: '30', maxDropPercent: '12.5' };
  const meant = { formats: ['csv', 'json'], keepRaw: false, athena: true, retentionDays: 30, maxDropPercent: 12.5 };
  expect(parseSettings(text)).toEqual(meant);
  expect(parseSettings(meant)).toEqual(meant);
});

test('what is blank counts as not given', () => {
  expect(parseSettings({ alarmEmail: ' ', retentionDays: '', bucketName: '' })).toEqual({});
});

test('the API can be named off', () => {
  expect(parseSettings({ api: 'off' }).api).toBeUndefined();
  expect(parseSettings({ api: 'false' }).api).toBeUndefined();
  expect(parseSettings({ api: 'iam' }).api).toBe('iam');
});

test("CDK's own context passes", () => {
  const ofCdk = {
    'aws:cdk:enable-path-metadata': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    'cli-telemetry': false,
    'acknowledged-issue-numbers': [1],
    'availability-zones:account=1:region=eu-central-1': ['a'],
    'cdk-migrate': true,
  };
  expect(parseSettings(ofCdk)).toEqual({});
});

test('one error lists every bad key: what was given and what is allowed', () => {
  const lines = linesFor({
    retentionDays: '0',
    formats: 'json,xml',
    api: 'open',
    dailyAtUtc: '24:00',
    keepRaw: 'no',
    bucketNam: 'x',
  });
  expect(lines).toEqual([
    '- bucketNam: there is no such setting. Did you mean bucketName?',
    '- formats: "json,xml" was given; allowed is a list of json, csv',
    expect.stringMatching(/^- dailyAtUtc: "24:00" was given; allowed is a time of day from 00:00 to 23:44/),
    '- retentionDays: "0" was given; allowed is a whole number from 1 to 3650',
    '- keepRaw: "no" was given; allowed is true or false',
    '- api: "open" was given; allowed is `iam`, or `off`',
  ]);
});

test.each([
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
  ['dailyAtUtc', '23:45'],
  ['retentionDays', '3651'],
  ['retentionDays', '1.5'],
  ['rawRetentionDays', 'many'],
  ['maxDropPercent', '-1'],
  ['maxDropPercent', '100.1'],
  ['alarmEmail', 'nobody'],
  ['timeoutSeconds', '901'],
  ['memorySize', '64'],
  ['reservedConcurrency', '0'],
  ['athenaDatabase', 'Users'],
  ['athenaDatabase', 'primary'],
  ['bucketName', 'Bucket'],
  ['bucketName', 's3://bucket'],
  ['kmsKey', 'alias/key'],
  ['kmsKey', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890a'],
  ['kmsKey', 'arn:aws:kms:eu-central-1:123456789012:alias/key'],
  ['tokenSecret', 'with space'],
  ['tokenSecret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token'],
  ['tokenSecretKey', 'alias/key'],
  ['formats', []],
  ['stackName', '1st'],
])('%s is not %s', (key, value) => {
  expect(linesFor({ [key]: value })).toEqual([expect.stringContaining(`- ${key}: `)]);
});

test.each([
  ['anodotUrl', 'https://eu.anodot.com/'],
  ['prefix', 'access/prod=1'],
  ['dailyAtUtc', '23:44'],
  ['kmsKey', 'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab'],
  ['tokenSecret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token-AbCdEf'],
  ['bucketName', 'my.bucket-1'],
])('%s may be %s', (key, value) => {
  expect(linesFor({ [key]: value })).toEqual([]);
});

test('a host that is not Anodot needs consent', () => {
  const anodotUrl = 'https://127.0.0.1:8443';
  expect(linesFor({ anodotUrl })).toEqual([expect.stringContaining('allowOtherHost=true')]);
  expect(linesFor({ anodotUrl, allowOtherHost: 'true' })).toEqual([]);
});

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test.each([
  [{ tokenSecret: 'anodot/token', tokenSecretKey: KEY }, 'tokenSecretKey'],
  [{ tokenSecretKey: KEY }, 'tokenSecretKey'],
  [{ bucketName: 'bucket', retentionDays: '30' }, 'retentionDays'],
  [{ bucketName: 'bucket', rawRetentionDays: '30' }, 'rawRetentionDays'],
  [{ bucketName: 'bucket', kmsKey: 'create' }, 'kmsKey'],
  [{ keepRaw: 'false', rawRetentionDays: '30' }, 'rawRetentionDays'],
  [{ athena: 'false', athenaDatabase: 'users' }, 'athenaDatabase'],
  [{ athena: 'false', athenaDays: '800' }, 'athenaDays'],
])('settings that cannot be kept together are an error: %j', (context, name) => {
  expect(linesFor(context)).toEqual([expect.stringMatching(`^- ${name}: .* since `)]);
});

test('what does not go together is told along with what is bad by itself', () => {
  expect(linesFor({ bucketName: 'bucket', retentionDays: '30', memorySize: '1' })).toHaveLength(2);
});

test('neither a token in the place of its secret nor a password is shown', () => {
  const lines = linesFor({ tokenSecret: 'the token!', anodotUrl: 'https://user:password@app.anodot.com' });
  expect(lines).toHaveLength(2);
  expect(lines.join()).not.toMatch(/the token!|password/);
});

test.each(['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1', '722354b8a0d94d6f8a1c3e5f70912b4d'])(
  'a token where its secret is to be named is refused, or it would lie open in the template: %s',
  (token) => {
    const lines = linesFor({ tokenSecret: token });
    expect(lines).toEqual([expect.stringContaining('- tokenSecret: a value that is not shown')]);
    expect(lines.join()).not.toContain(token);
  },
);

test('a long value is shortened', () => {
  expect(linesFor({ memorySize: 'x'.repeat(5000) }).join().length).toBeLessThan(300);
});

test('the nearest name allows for case, hyphens, and a slip or two', () => {
  const names = ['bucketName', 'alarmEmail', 'api'];
  expect(nearestName('bucket-name', names)).toBe('bucketName');
  expect(nearestName('alarm_email', names)).toBe('alarmEmail');
  expect(nearestName('alarmMail', names)).toBe('alarmEmail');
  expect(nearestName('somethingElse', names)).toBeUndefined();
});

test('any context at all is read, or refused with a ContextError', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (context, value) => {
      for (const extra of [{}, { formats: value }, { retentionDays: value, tokenSecret: value }])
        try {
          parseSettings({ ...context, ...extra });
        } catch (error) {
          expect(error).toBeInstanceOf(ContextError);
        }
    }),
  );
});
