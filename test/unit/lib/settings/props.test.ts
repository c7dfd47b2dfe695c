import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { choicesOf as choicesIn } from '../../../../lib/settings/props.ts';
import { UserSnapshots } from '../../../../lib/user-snapshots.ts';
import type { UserSnapshotsProps } from '../../../../lib/user-snapshots-props.ts';

const newStack = () => new Stack(new App(), 'company');
const choicesOf = (props: UserSnapshotsProps) => choicesIn(props, newStack());

test('one error lists every prop that is invalid or conflicts with another', () => {
  const stack = newStack();
  const bucket = Bucket.fromBucketName(stack, 'Given', 'company');
  const breakGlassRole = 'arn:aws:iam::123456789012:role/a';
  const props = {
    bucket,
    breakGlassRole,
    retentionDays: 30,
    timeoutSeconds: 5,
    instance: 'a b',
    keepRaw: false,
    securityGroups: [],
  };
  expect(() => new UserSnapshots(stack, 'Users', { ...props, rawRetentionDays: 30 })).toThrow(
    [
      'invalid props of UserSnapshots:',
      '- timeoutSeconds: expected a whole number from 60 to 900',
      '- instance: expected 1 to 64 letters, digits, _, - and .',
      '- rawRetentionDays: not allowed with keepRaw=false: no response is kept',
      '- retentionDays: not allowed with bucket: set the lifecycle on that bucket',
      '- rawRetentionDays: not allowed with bucket: set the lifecycle on that bucket',
      "- breakGlassRole: not allowed with bucket: name the role in that bucket's policy",
      '- securityGroups: not allowed without vpc',
    ].join('\n'),
  );
});

test('a prop that does not exist is an error, which names the one that was probably meant', () => {
  const fromJavaScript = { retentionDay: 3, 'alarm\u001bemail': 'a@b.c', zqxjzqxj: 1, unset: undefined };
  expect(() => Reflect.construct(UserSnapshots, [newStack(), 'Users', fromJavaScript])).toThrow(
    new RegExp(
      [
        '^invalid props of UserSnapshots:',
        '- retentionDay: unknown prop. Did you mean retentionDays\\?',
        String.raw`- "alarm\\u001bemail": unknown prop. Did you mean alarmEmail\?`,
        '- zqxjzqxj: unknown prop. The props are anodotUrl, .*, tokenSecret, bucket, .*, securityGroups$',
      ].join('\n'),
    ),
  );
});

test('neither a token nor a password in a prop is shown', () => {
  for (const secret of ['eyJhbGciOiJIUzI1NiJ9.e30', 'https://user:eyJhbGci@app.anodot.com'])
    for (const name of ['anodotUrl', 'athenaDatabase', 'instance', 'dailyAtUtc', 'memorySize'])
      expect(() => choicesOf({ [name]: `${secret}  x` })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('eyJ') }),
      );
});

test('alarmEmail is not allowed with alarmTopic', () => {
  const alarmTopic = new Topic(newStack(), 'Ours');
  expect(() => choicesOf({ alarmTopic, alarmEmail: 'security@example.com' })).toThrow('- alarmEmail: not allowed with');
  expect(() => choicesOf({ alarmTopic })).not.toThrow();
});

test('subnets and security groups are allowed with a VPC', () => {
  const vpc = new Vpc(newStack(), 'Vpc');
  expect(() => choicesOf({ vpc, vpcSubnets: {}, securityGroups: [] })).not.toThrow();
});

test('an undefined prop counts as not set', () => {
  const given = {
    prefix: undefined,
    formats: undefined,
    retentionDays: undefined,
    keepRaw: undefined,
    athena: undefined,
  };
  expect(choicesOf(given)).toEqual(choicesOf({}));
});

test('white space around a name or address is removed, and a blank one counts as not set', () => {
  const trimmed = { instance: 'production', alarmEmail: 'security@example.com' };
  expect(choicesOf({ instance: ' production ', alarmEmail: ' security@example.com ' })).toEqual(choicesOf(trimmed));
  expect(choicesOf({ instance: '', alarmEmail: ' ' })).toEqual(choicesOf({}));
});
