import { App, Aws, Fn, Stack } from 'aws-cdk-lib';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../../lib/user-snapshots.ts';
import type { UserSnapshotsProps } from '../../../../lib/user-snapshots-props.ts';
import type { Row } from '../../../faults/rows.ts';
import { CONTEXT } from '../../../support/cdk/synthesis.ts';
import { shown } from '../../../support/fault-table.ts';

const ENV = { account: '111111111111', region: 'eu-central-1' };
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const keyArn = (region: string, account = ENV.account) => `arn:aws:kms:${region}:${account}:key/${KEY_ID}`;
const secretArn = (region: string, account = ENV.account) =>
  `arn:aws:secretsmanager:${region}:${account}:secret:token-AbCdEf`;
const topicArn = (region: string, name = 'alarms') => `arn:aws:sns:${region}:${ENV.account}:${name}`;

const ALIAS = `arn:aws:kms:eu-central-1:${ENV.account}:alias/`;

type Given = (stack: Stack) => UserSnapshotsProps;

const otherAccount = (stack: Stack) =>
  new Stack(stack.node.scope, 'theirs', { env: { ...ENV, account: '222222222222' } });
const theirKey = (stack: Stack) => new Key(otherAccount(stack), 'K');
const otherRegion = (stack: Stack) => new Stack(stack.node.scope, 'far', { env: { ...ENV, region: 'us-east-1' } });

/** The error of the construct with these props; undefined if there is none. */
function errorOf(given: Given, env: Partial<typeof ENV> = ENV): string | undefined {
  const stack = new Stack(new App({ context: CONTEXT }), 'company', { env });
  const props = given(stack);
  try {
    new UserSnapshots(stack, 'Users', props);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const REJECTED: [Row, string, Given, RegExp, string][] = [
  [
    'C31',
    'encryptionKey: Alias.fromAliasName(…)',
    (stack) => ({ encryptionKey: Alias.fromAliasName(stack, 'K', 'alias/company') }),
    /- encryptionKey: it is an alias, .*Key\.fromKeyArn/,
    'a policy on the alias, which IAM ignores',
  ],
  [
    'C31',
    'encryptionKey: new Alias(…)',
    (stack) => ({
      encryptionKey: new Alias(stack, 'K', { aliasName: 'company', targetKey: new Key(stack, 'Target') }),
    }),
    /- encryptionKey: it is an alias, .*aliasTargetKey/,
    'a policy on the alias, which IAM ignores',
  ],
  [
    'C31',
    'a bucket whose key is an alias',
    (stack) => ({
      bucket: Bucket.fromBucketAttributes(stack, 'B', {
        bucketName: 'company',
        encryptionKey: Alias.fromAliasName(stack, 'K', 'alias/company'),
      }),
    }),
    /- bucket: its key is an alias/,
    'a policy on the alias, which IAM ignores',
  ],
  [
    'C31',
    'a secret whose key is an alias',
    (stack) => ({
      tokenSecret: Secret.fromSecretAttributes(stack, 'S', {
        secretCompleteArn: secretArn('eu-central-1'),
        encryptionKey: Alias.fromAliasName(stack, 'K', 'alias/company'),
      }),
    }),
    /- tokenSecret: its key is an alias/,
    'a policy on the alias, which IAM ignores',
  ],
  [
    'C31',
    'a key of another region',
    (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('us-east-1')) }),
    /- encryptionKey: it is in us-east-1, but the stack is in eu-central-1: use one/,
    'accepted',
  ],
  [
    'C31',
    'a secret of another region',
    (stack) => ({ tokenSecret: Secret.fromSecretCompleteArn(stack, 'S', secretArn('us-east-1')) }),
    /- tokenSecret: it is in us-east-1, but/,
    'accepted',
  ],
  [
    'C31',
    'a bucket of another region',
    (stack) => ({ bucket: Bucket.fromBucketAttributes(stack, 'B', { bucketName: 'company', region: 'us-east-1' }) }),
    /- bucket: it is in us-east-1, but/,
    'accepted',
  ],
  [
    'C31',
    "a bucket of another region's stack",
    (stack) => ({ bucket: new Bucket(otherRegion(stack), 'B', { bucketName: 'company' }) }),
    /- bucket: it is in us-east-1, but/,
    'accepted',
  ],
  [
    'C31',
    'a topic of another region',
    (stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', topicArn('us-east-1')) }),
    /- alarmTopic: it is in us-east-1, but/,
    'accepted',
  ],
  [
    'C31',
    'an imported FIFO topic',
    (stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', topicArn('eu-central-1', 'alarms.fifo')) }),
    /- alarmTopic: it is a FIFO topic, .*use a standard topic/,
    'accepted',
  ],
  [
    'C31',
    'a FIFO topic of the app',
    (stack) => ({ alarmTopic: new Topic(stack, 'T', { fifo: true }) }),
    /- alarmTopic: it is a FIFO topic/,
    'accepted',
  ],
  [
    'C31',
    'a topic that is encrypted with the AWS managed key',
    (stack) => ({ alarmTopic: new Topic(stack, 'T', { masterKey: Alias.fromAliasName(stack, 'K', 'alias/aws/sns') }) }),
    /- alarmTopic: it is encrypted with the AWS managed key/,
    'accepted, and no alarm arrives',
  ],
  [
    'C31',
    "an encryptionKey other than the bucket's key",
    (stack) => ({
      encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('eu-central-1').replace('1234abcd', 'ffffffff')),
      bucket: Bucket.fromBucketAttributes(stack, 'B', {
        bucketName: 'company',
        encryptionKey: Key.fromKeyArn(stack, 'Own', keyArn('eu-central-1')),
      }),
    }),
    /- encryptionKey: the bucket has another key, arn:.*: omit encryptionKey/,
    'permission for a key that the bucket does not use',
  ],
  [
    'C36',
    "an encrypted bucket of another account's stack",
    (stack) => ({
      bucket: new Bucket(otherAccount(stack), 'Theirs', { bucketName: 'theirs', encryption: BucketEncryption.KMS }),
    }),
    /- bucket: the bucket theirs\/Theirs, encrypted with the key theirs\/Theirs\/Key, belongs to the account 222222222222, .*allow 111111111111 in the policies of both, and import it/,
    '"Grant permissions to a Role or User, instead of a ManagedPolicy"',
  ],
  [
    'C36',
    "a bucket without a KMS key in another account's stack",
    (stack) => ({ bucket: new Bucket(otherAccount(stack), 'Theirs', { bucketName: 'theirs' }) }),
    /- bucket: the bucket theirs\/Theirs belongs to the account 222222222222, .*allow 111111111111 in its policy/,
    'accepted, and S3 denied the function',
  ],
  [
    'C36',
    "a secret of another account's stack",
    (stack) => ({ tokenSecret: new Secret(otherAccount(stack), 'Theirs', { secretName: 'theirs' }) }),
    /- tokenSecret: the secret theirs\/Theirs belongs to the account 222222222222/,
    'accepted, and Secrets Manager denied the function',
  ],
  [
    'C31',
    'a topic that is encrypted with the AWS managed key, by Key.fromKeyArn',
    (stack) => ({
      alarmTopic: new Topic(stack, 'T', { masterKey: Key.fromKeyArn(stack, 'K', `${ALIAS}aws/sns`) }),
    }),
    /- alarmTopic: it is encrypted with the AWS managed key/,
    'accepted, and no alarm arrives',
  ],
  [
    'C31',
    'an imported topic that is encrypted with the AWS managed key',
    (stack) => ({
      alarmTopic: Topic.fromTopicAttributes(stack, 'T', {
        topicArn: topicArn('eu-central-1'),
        keyArn: `${ALIAS}aws/sns`,
      }),
    }),
    /- alarmTopic: it is encrypted with the AWS managed key/,
    'accepted, and no alarm arrives',
  ],
  [
    'C36',
    "an imported bucket whose key belongs to another account's stack",
    (stack) => ({
      bucket: Bucket.fromBucketAttributes(stack, 'B', { bucketName: 'company', encryptionKey: theirKey(stack) }),
    }),
    /- bucket: the bucket company\/B is encrypted with the key theirs\/K, which belongs to the account 222222222222, .*allow 111111111111 in its policy/,
    'accepted, and KMS denied the function',
  ],
  [
    'C36',
    "an imported secret whose key belongs to another account's stack",
    (stack) => ({
      tokenSecret: Secret.fromSecretAttributes(stack, 'S', {
        secretCompleteArn: secretArn('eu-central-1', '222222222222'),
        encryptionKey: theirKey(stack),
      }),
    }),
    /- tokenSecret: the secret company\/S is encrypted with the key theirs\/K, which belongs to the account 222222222222/,
    'accepted, and KMS denied the function',
  ],
  [
    'C36',
    "a topic whose key belongs to another account's stack",
    (stack) => ({ alarmTopic: new Topic(stack, 'T', { masterKey: theirKey(stack) }) }),
    /- alarmTopic: the topic company\/T is encrypted with the key theirs\/K, which belongs to the account 222222222222/,
    'accepted, and no alarm arrived',
  ],
];

test.each(REJECTED)('%s: %s is an error that says what to do', (row, name, given, expected, before) => {
  const message = errorOf(given);
  expect(message).toMatch(/^invalid props of UserSnapshots:\n/);
  expect(message).toMatch(expected);
  const [, first = ''] = /^- (.*)$/m.exec(message ?? '') ?? [];
  shown(row, name, `an error: ${first}`, before);
});

const ACCEPTED: [Row, string, Given][] = [
  [
    'C31',
    "a topic that is encrypted with an alias of the company's own key",
    (stack) => ({ alarmTopic: new Topic(stack, 'T', { masterKey: Key.fromKeyArn(stack, 'K', `${ALIAS}company`) }) }),
  ],
  [
    'C31',
    'a key of the same region',
    (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('eu-central-1')) }),
  ],
  [
    'C31',
    'a key and a secret of another account, whose policies can allow this one',
    (stack) => ({
      encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('eu-central-1', '222222222222')),
      tokenSecret: Secret.fromSecretCompleteArn(stack, 'S', secretArn('eu-central-1', '222222222222')),
    }),
  ],
  [
    'C31',
    'a topic and a secret whose ARNs are known only at deployment',
    (stack) => ({
      alarmTopic: Topic.fromTopicArn(stack, 'T', Fn.importValue('topic')),
      tokenSecret: Secret.fromSecretCompleteArn(stack, 'S', Fn.importValue('secret')),
    }),
  ],
  [
    'C36',
    'an imported bucket of another account, with its key',
    (stack) => ({
      bucket: Bucket.fromBucketAttributes(stack, 'B', {
        bucketName: 'theirs',
        account: '222222222222',
        encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('eu-central-1', '222222222222')),
      }),
    }),
  ],
];

test.each(ACCEPTED)('%s: %s is accepted', (row, name, given) => {
  expect(errorOf(given)).toBeUndefined();
  shown(row, name, 'accepted');
});

test('in a stack without env nothing is assumed to be in another region or account', () => {
  const given: Given = (stack) => ({
    encryptionKey: Key.fromKeyArn(stack, 'K', keyArn('us-east-1')),
    tokenSecret: Secret.fromSecretPartialArn(
      stack,
      'S',
      `arn:aws:secretsmanager:${Aws.REGION}:222222222222:secret:token`,
    ),
    alarmTopic: Topic.fromTopicArn(stack, 'T', topicArn('us-east-1')),
  });
  expect(errorOf(given, {})).toBeUndefined();
});
