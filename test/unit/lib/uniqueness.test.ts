import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import type { UserSnapshotsProps } from '../../../lib/user-snapshots-props.ts';
import { newEmptyApp, propertiesOf, templateWith } from '../../support/cdk/synthesis.ts';

const OTHER = { athenaDatabase: 'other_users' } as const;

/** The template of a stack with two installations that share a bucket. */
function sharing(one: UserSnapshotsProps, other: UserSnapshotsProps): Template {
  return templateWith((stack) => {
    const bucket = new Bucket(stack, 'Ours', { versioned: true });
    new UserSnapshots(stack, 'Production', { bucket, ...one });
    new UserSnapshots(stack, 'Staging', { bucket, ...OTHER, ...other });
  });
}

test('two installations may share a bucket, and each may write only under its own prefix', () => {
  const template = sharing({ prefix: 'production' }, { prefix: 'staging' });
  template.resourceCountIs('AWS::S3::Bucket', 1);
  const objects = propertiesOf(template, 'AWS::IAM::Role')
    .flatMap(({ Policies }) => Policies[0].PolicyDocument.Statement)
    .filter(({ Sid }) => Sid === 'KeepSnapshots')
    .map(({ Resource }) => Resource[0]['Fn::Join'][1][1]);
  expect(objects).toEqual(['/production/users/*', '/staging/users/*']);
});

test.each([
  ['have the same prefix', 'access', 'access'],
  ['have no prefix', undefined, undefined],
  ['have one prefix inside the other', 'access', 'access/staging'],
  ['include one without a prefix', undefined, 'staging'],
])('two installations that share a bucket fail synth if they %s', (_, one, other) => {
  expect(() => sharing({ prefix: one }, { prefix: other })).toThrow(
    'share a bucket, and one prefix contains the other',
  );
});

test('prefixes that only start with the same characters do not clash', () => {
  expect(() => sharing({ prefix: 'access' }, { prefix: 'access-2' })).not.toThrow();
});

test('two installations that name the same bucket share it, even from two stacks', () => {
  const app = newEmptyApp();
  const [one, other] = [new Stack(app, 'one'), new Stack(app, 'other')];
  for (const stack of [one, other])
    new UserSnapshots(stack, 'Users', {
      bucket: Bucket.fromBucketName(stack, 'Given', 'company'),
      athenaDatabase: `${stack.node.id}_users`,
    });
  expect(() => Template.fromStack(one)).toThrow('share a bucket');
});

test('two installations with the same instance fail synth, since a snapshot of one would hide that one of the other is missing', () => {
  expect(() => sharing({ prefix: 'a', instance: 'same' }, { prefix: 'b', instance: 'same' })).toThrow(
    'share the instance same',
  );
});
