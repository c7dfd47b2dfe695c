import type { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { KEY_ARN, templateOf, templateWith } from '../../support/cdk/synthesis.ts';

/** All statements of the role whose logical id contains a name. The role must have exactly one policy. */
function statementsOf(template: Template, name: string) {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.includes(name));
  expect(roles).toHaveLength(1);
  const [[, role] = []] = roles;
  expect(role?.['Properties'].ManagedPolicyArns).toBeUndefined();
  expect(role?.['Properties'].Policies).toHaveLength(1);
  return role?.['Properties'].Policies[0].PolicyDocument.Statement;
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });
const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
const through = (service: string) => ({
  StringEquals: {
    'kms:ViaService': joined(`${service}.`, { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }),
  },
});

/** The permissions of a run in the bucket, with a function that writes the ARNs of the bucket. */
const storeOf = (bucket: (path: string) => unknown, prefix = '', { signs = false } = {}) => {
  const folders = (...names: string[]) => names.map((name) => bucket(`/${prefix}${name}*`));
  return [
    {
      Sid: 'KeepSnapshots',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts'],
      Resource: folders('users/', 'changes/', 'groups/', 'manifests/', 'runs/', '.staged/'),
    },
    {
      Sid: 'KeepResponses',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: bucket(`/${prefix}raw/*`),
    },
    {
      Sid: 'CreateEvidence',
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: folders('commits/', 'verifications/', ...(signs ? ['keys/'] : [])),
      Condition: { Null: { 's3:if-none-match': 'false' } },
    },
    { Sid: 'ReadEvidence', Effect: 'Allow', Action: 's3:GetObject', Resource: folders('commits/', 'keys/') },
    { Sid: 'FindSnapshots', Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket('') },
  ];
};
const created = (path: string) => (path === '' ? arnOf('Bucket') : joined(arnOf('Bucket'), path));
const named = (path: string) => joined('arn:', { Ref: 'AWS::Partition' }, `:s3:::company${path}`);
const TOKEN = { Sid: 'ReadToken', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue' };
const DROPPED = {
  Sid: 'ReportDropped',
  Effect: 'Allow',
  Action: 'events:PutEvents',
  Resource: joined(
    'arn:',
    { Ref: 'AWS::Partition' },
    ':events:',
    { Ref: 'AWS::Region' },
    ':',
    { Ref: 'AWS::AccountId' },
    ':event-bus/default',
  ),
};
const LOG = {
  Sid: 'WriteLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: arnOf('TakeSnapshotLog'),
};

test('the function may write and find snapshots, read its token, write its log, and nothing else', () => {
  expect(statementsOf(templateOf(), 'TakeSnapshot')).toEqual([
    ...storeOf(created),
    { ...TOKEN, Resource: { Ref: expect.stringMatching('TokenSecret') } },
    DROPPED,
    LOG,
  ]);
});

test('with sign the function may also create public keys, and the permission to sign is in the policy of the key', () => {
  expect(statementsOf(templateOf({ sign: 'true' }), 'TakeSnapshot')).toEqual([
    ...storeOf(created, '', { signs: true }),
    { ...TOKEN, Resource: { Ref: expect.stringMatching('TokenSecret') } },
    DROPPED,
    LOG,
  ]);
});

test('with a prefix, a created key and a named secret the function may do the same under the prefix, and use the key through S3', () => {
  const template = templateOf({ prefix: 'a/b', kmsKey: 'create', tokenSecret: 'anodot/token' });
  const secret = [
    'arn:',
    { Ref: 'AWS::Partition' },
    ':secretsmanager:',
    { Ref: 'AWS::Region' },
    ':',
    { Ref: 'AWS::AccountId' },
    ':secret:anodot/token-??????',
  ];
  expect(statementsOf(template, 'TakeSnapshot')).toEqual([
    ...storeOf(created, 'a/b/'),
    { ...TOKEN, Resource: joined(...secret) },
    DROPPED,
    {
      Sid: 'UseKeyOfBucket',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: arnOf('^Key'),
      Condition: through('s3'),
    },
    LOG,
  ]);
});

test('with an existing bucket, key and secret the function may do the same, and use the key through S3', () => {
  const tokenSecret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot-AbCdEf';
  const template = templateOf({ bucketName: 'company', kmsKey: KEY_ARN, tokenSecret });
  expect(statementsOf(template, 'TakeSnapshot')).toEqual([
    ...storeOf(named),
    { ...TOKEN, Resource: tokenSecret },
    DROPPED,
    {
      Sid: 'UseKeyOfBucket',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: KEY_ARN,
      Condition: through('s3'),
    },
    LOG,
  ]);
});

test('with tokenSecretKey the function may use that key, and only through Secrets Manager', () => {
  const tokenSecret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot-AbCdEf';
  expect(statementsOf(templateOf({ tokenSecret, tokenSecretKey: KEY_ARN }), 'TakeSnapshot')).toEqual([
    ...storeOf(created),
    { ...TOKEN, Resource: tokenSecret },
    DROPPED,
    {
      Sid: 'UseKeyOfToken',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: KEY_ARN,
      Condition: through('secretsmanager'),
    },
    LOG,
  ]);
});

test('the function may use the key of a given secret only through Secrets Manager, and reach its VPC if it has one', () => {
  const template = templateWith((stack) => {
    const tokenSecret = new Secret(stack, 'Given', { encryptionKey: new Key(stack, 'SecretKey') });
    new UserSnapshots(stack, 'Users', { tokenSecret, vpc: new Vpc(stack, 'Vpc') });
  });
  expect(statementsOf(template, 'TakeSnapshot')).toEqual([
    ...storeOf(created),
    { ...TOKEN, Resource: { Ref: expect.stringMatching('^Given') } },
    DROPPED,
    {
      Sid: 'UseKeyOfToken',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: arnOf('^SecretKey'),
      Condition: through('secretsmanager'),
    },
    LOG,
    {
      Sid: 'ReachVpc',
      Effect: 'Allow',
      Action: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
      Resource: '*',
    },
  ]);
});

test("what an app grants the function is added to the resource's policy", () => {
  const template = templateWith((stack) => {
    const tokenSecret = Secret.fromSecretNameV2(stack, 'Given', 'anodot/token');
    const users = new UserSnapshots(stack, 'Users', { tokenSecret });
    new Key(stack, 'SecretKey').grantDecrypt(users.function);
  });
  const [key] = Object.entries(template.findResources('AWS::KMS::Key')).filter(([id]) => id.startsWith('SecretKey'));
  expect(key?.[1]['Properties'].KeyPolicy.Statement).toContainEqual({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Principal: { AWS: arnOf('TakeSnapshotRole') },
    Resource: '*',
  });
});

test('the schedule may invoke the function, send to its dead-letter queue, and nothing else', () => {
  expect(statementsOf(templateOf(), 'Schedule')).toEqual([
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('TakeSnapshotFunction') },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Undelivered') },
  ]);
});

test('every role can be assumed by one service, and the role of the schedule only for this account', () => {
  const roles = Object.values(templateOf().findResources('AWS::IAM::Role'));
  expect(roles.map((role) => role['Properties'].AssumeRolePolicyDocument.Statement)).toEqual([
    [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ],
  ]);
});

test('nothing is public: every Allow names its principals', () => {
  const template = templateOf({ kmsKey: 'create', alarmEmail: 'security@example.com' });
  const allowed = Object.values(template.toJSON()['Resources'])
    .flatMap((resource) => statementsIn(resource))
    .filter(({ Effect }) => Effect === 'Allow');
  expect(allowed.length).toBeGreaterThan(8);
  for (const { Principal = {} } of allowed) {
    expect(Principal).not.toBe('*');
    expect(JSON.stringify(Principal)).not.toContain('"*"');
  }
  for (const type of ['AWS::IAM::Policy', 'AWS::Lambda::Permission', 'AWS::Lambda::Url', 'AWS::ApiGatewayV2::Api'])
    template.resourceCountIs(type, 0);
});

/** All statements of a resource, at any depth. */
function statementsIn(value: unknown): { Effect?: unknown; Principal?: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(statementsIn);
  return 'Effect' in value ? [value, ...within] : within;
}
