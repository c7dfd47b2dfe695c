import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import type { UserSnapshotsProps } from '../../../lib/user-snapshots-props.ts';
import { newEmptyApp, templateWith } from '../../support/cdk/synthesis.ts';

const NAME = /^(?:Bucket|Function|Role|Queue|Topic|Alarm|LogGroup|Schedule)?Name$/;
const OTHER = { athenaDatabase: 'other_users' } as const;
const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((one) => one['Properties']);

test('two in one stack have each a bucket, a secret, a schedule, alarms and metrics of their own', () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Production');
    new UserSnapshots(stack, 'Staging', OTHER);
  });
  for (const type of [
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
    'AWS::Lambda::Function',
    'AWS::Scheduler::Schedule',
  ])
    template.resourceCountIs(type, 2);
  const instances = propertiesOf(template, 'AWS::Lambda::Function').map(
    ({ Environment }) => Environment.Variables.SNAPSHOT_INSTANCE,
  );
  expect(new Set(instances).size).toBe(2);
  const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => JSON.stringify(alarm));
  expect(alarms).toHaveLength(14);
  for (const instance of instances) expect(alarms.filter((alarm) => alarm.includes(instance))).toHaveLength(7);
});

test('nothing has a physical name that two deployments could both want, but for what must', () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', { athena: false });
  });
  const named = Object.values(template.toJSON()['Resources']).filter((resource) => {
    const properties: object = JSON.parse(JSON.stringify(resource)).Properties ?? {};
    return Object.entries(properties).some(([key, value]) => NAME.test(key) && typeof value === 'string');
  });
  expect(named).toEqual([]);
});

/** Synthesises two that share a bucket. */
function sharing(one: UserSnapshotsProps, other: UserSnapshotsProps): Template {
  return templateWith((stack) => {
    const bucket = new Bucket(stack, 'Ours', { versioned: true });
    new UserSnapshots(stack, 'Production', { bucket, ...one });
    new UserSnapshots(stack, 'Staging', { bucket, ...OTHER, ...other });
  });
}

test('two may share a bucket: each writes below its own prefix, and may nowhere else', () => {
  const template = sharing({ prefix: 'production' }, { prefix: 'staging' });
  template.resourceCountIs('AWS::S3::Bucket', 1);
  const objects = propertiesOf(template, 'AWS::IAM::Role')
    .flatMap(({ Policies }) => Policies[0].PolicyDocument.Statement)
    .filter(({ Sid }) => Sid === 'KeepSnapshots')
    .map(({ Resource }) => Resource['Fn::Join'][1][1]);
  expect(objects).toEqual(['/production/*', '/staging/*']);
});

test.each([
  ['the same prefix', 'access', 'access'],
  ['no prefix', undefined, undefined],
  ['a prefix in the other', 'access', 'access/staging'],
  ['no prefix, and one', undefined, 'staging'],
])('two that share a bucket with %s are an error', (_, one, other) => {
  expect(() => sharing({ prefix: one }, { prefix: other })).toThrow(
    'share a bucket, where one prefix lies in the other',
  );
});

test('prefixes that only begin alike are apart', () => {
  expect(() => sharing({ prefix: 'access' }, { prefix: 'access-2' })).not.toThrow();
});

test('a bucket that both name counts as one, in two stacks as well', () => {
  const app = newEmptyApp();
  const [one, other] = [new Stack(app, 'one'), new Stack(app, 'other')];
  for (const stack of [one, other])
    new UserSnapshots(stack, 'Users', {
      bucket: Bucket.fromBucketName(stack, 'Given', 'company'),
      athenaDatabase: `${stack.node.id}_users`,
    });
  expect(() => Template.fromStack(one)).toThrow('share a bucket');
});

test('two of one instance are an error: the success of one would hide the absence of the other', () => {
  expect(() => sharing({ prefix: 'a', instance: 'same' }, { prefix: 'b', instance: 'same' })).toThrow(
    'have the instance same',
  );
});

test('props that are not allowed, or not with others, are told all at once', () => {
  const stack = new Stack(new App(), 'company');
  const bucket = Bucket.fromBucketName(stack, 'Given', 'company');
  const props = { bucket, retentionDays: 30, timeoutSeconds: 5, instance: 'a b', securityGroups: [] };
  expect(() => new UserSnapshots(stack, 'Users', props)).toThrow(
    /- timeoutSeconds: .*\n- instance: .*\n- retentionDays: .*\n- securityGroups: /,
  );
});

test('a prop that is undefined is one that is not given', () => {
  const given = {
    prefix: undefined,
    formats: undefined,
    retentionDays: undefined,
    keepRaw: undefined,
    athena: undefined,
  };
  const make = (props: UserSnapshotsProps) =>
    templateWith((stack) => new UserSnapshots(stack, 'Users', props)).toJSON();
  expect(make(given)).toEqual(make({}));
});

test('a name or an address with space around counts without, and a blank one as not given: alarms watch what the function counts', () => {
  const make = (props: UserSnapshotsProps) =>
    templateWith((stack) => new UserSnapshots(stack, 'Users', props)).toJSON();
  const trimmed = { instance: 'production', alarmEmail: 'security@example.com' };
  expect(make({ instance: ' production ', alarmEmail: ' security@example.com ' })).toEqual(make(trimmed));
  expect(make({ instance: '', alarmEmail: ' ' })).toEqual(make({}));
});

test('a construct shows what it made', () => {
  const stack = new Stack(newEmptyApp(), 'company');
  const users = new UserSnapshots(stack, 'Users', { prefix: 'access', instance: 'production' });
  expect(users).toMatchObject({ prefix: 'access', instance: 'production', encryptionKey: undefined });
  const names = [
    users.bucket.bucketArn,
    users.function.functionArn,
    users.alarmTopic.topicArn,
    users.tokenSecret.secretArn,
  ];
  const ids = names.map((name) => JSON.stringify(stack.resolve(name)));
  expect(ids).toEqual(['Bucket', 'Function', 'Topic', 'Secret'].map((name) => expect.stringContaining(name)));
});
