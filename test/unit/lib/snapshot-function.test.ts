import { Match } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { propertiesOf, templateOf, templateWith } from '../../support/cdk/synthesis.ts';

const FUNCTION = 'AWS::Lambda::Function';
const lambda = (context = {}) => propertiesOf(templateOf(context), FUNCTION);
const environment = (context = {}) => lambda(context)[0].Environment.Variables;

test('the function has the runtime and processor that it is tested on, and logs JSON', () => {
  const template = templateOf();
  template.resourceCountIs(FUNCTION, 1);
  template.hasResourceProperties(FUNCTION, {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('TakeSnapshotLog') } },
    MemorySize: 256,
    Timeout: 300,
  });
});

test('the environment holds every setting of a run, and no token', () => {
  expect(environment()).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=2',
    SNAPSHOT_INSTANCE: 'anodot-user-snapshots-UserSnapshots-6E13398D',
    ANODOT_URL: 'https://app.anodot.com',
    ANODOT_TOKEN_SECRET_ID: { Ref: expect.stringMatching('TokenSecret') },
    SNAPSHOT_STORE: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching('Bucket') }]] },
    SNAPSHOT_FORMATS: 'json,csv',
    SNAPSHOT_MAX_DROP_PERCENT: '50',
    SNAPSHOT_ALLOW_EMPTY: 'false',
    SNAPSHOT_KEEP_RAW: 'true',
    SNAPSHOT_KEPT_DAYS: '400',
  });
});

test.each([
  ['anodotUrl', 'https://eu.anodot.com', { ANODOT_URL: 'https://eu.anodot.com' }],
  ['allowOtherHost', 'true', { ANODOT_ALLOW_OTHER_HOST: 'true' }],
  ['tokenSecret', 'anodot/token', { ANODOT_TOKEN_SECRET_ID: 'anodot/token' }],
  ['formats', 'json', { SNAPSHOT_FORMATS: 'json' }],
  ['maxDropPercent', '20', { SNAPSHOT_MAX_DROP_PERCENT: '20' }],
  ['allowEmpty', 'true', { SNAPSHOT_ALLOW_EMPTY: 'true' }],
  ['keepRaw', 'false', { SNAPSHOT_KEEP_RAW: 'false' }],
  ['retentionDays', '800', { SNAPSHOT_KEPT_DAYS: '800' }],
  ['sign', 'true', { SNAPSHOT_SIGNING_KEY: { 'Fn::GetAtt': [expect.stringMatching('SigningKey'), 'Arn'] } }],
])('the setting %s changes its own variable in the environment, and no other', (name, value, changed) => {
  expect(environment({ [name]: value })).toEqual({ ...environment(), ...changed });
});

test('the fingerprints in earlierKeys are in the environment, beside the key that signs now', () => {
  const [one, two] = ['a1'.repeat(32), 'b2'.repeat(32)];
  const signing = { sign: 'true' };
  expect(environment({ ...signing, earlierKeys: `${one}, ${two}` })).toEqual({
    ...environment(signing),
    SNAPSHOT_EARLIER_KEYS: `${one},${two}`,
  });
});

test('signedFrom is in the environment, beside the key that signs now', () => {
  const signing = { sign: 'true' };
  expect(environment({ ...signing, signedFrom: '42' })).toEqual({
    ...environment(signing),
    SNAPSHOT_SIGNED_FROM: '42',
  });
});

test('with an existing bucket the environment names it, and not how long its objects are kept, which only its lifecycle says', () => {
  const { SNAPSHOT_KEPT_DAYS: _, ...others } = environment();
  expect(environment({ bucketName: 'company' })).toEqual({ ...others, SNAPSHOT_STORE: 's3://company' });
});

test('the prefix is part of the store in the environment', () => {
  expect(environment({ bucketName: 'company', prefix: 'a/b' }).SNAPSHOT_STORE).toBe('s3://company/a/b');
});

test.each([
  [{ memorySize: '512' }, { MemorySize: 512 }],
  [{ timeoutSeconds: '900' }, { Timeout: 900 }],
  [{ reservedConcurrency: '2' }, { ReservedConcurrentExecutions: 2 }],
])('%j sets %j on the function', (context, properties) => {
  templateOf(context).hasResourceProperties(FUNCTION, properties);
});

test('without reservedConcurrency none is reserved, since an account with a small quota could not deploy it', () => {
  expect(lambda()[0]).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('a failed event is retried once within five hours, and a dropped event is reported to the event bus', () => {
  templateOf().hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 1,
    MaximumEventAgeInSeconds: 5 * 3600,
    DestinationConfig: { OnFailure: { Destination: Match.objectLike({}) } },
  });
});

test('the log is kept for 400 days and outlives the stack', () => {
  templateOf().hasResource('AWS::Logs::LogGroup', {
    Properties: { RetentionInDays: 400 },
    DeletionPolicy: 'RetainExceptOnCreate',
  });
});

test('the secret is created without a value and retained, unless an existing secret is used', () => {
  const [secret] = Object.values(templateOf().findResources('AWS::SecretsManager::Secret'));
  expect(Object.keys(secret?.['Properties'])).toEqual(['Description']);
  expect(secret).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  templateOf({ tokenSecret: 'anodot/token' }).resourceCountIs('AWS::SecretsManager::Secret', 0);
});

test('without vpc the function runs outside any VPC', () => {
  expect(lambda()[0]).not.toHaveProperty('VpcConfig');
});

test('with vpc the function behind the API runs in the VPC as well', () => {
  const subnets = ['subnet-0123456789abcdef0'];
  const template = templateWith((stack) => {
    const place = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-central-1a'], privateSubnetIds: subnets };
    new UserSnapshots(stack, 'Users', { api: 'iam', vpc: Vpc.fromVpcAttributes(stack, 'Vpc', place) });
  });
  expect(propertiesOf(template, FUNCTION).map(({ VpcConfig }) => VpcConfig?.SubnetIds)).toEqual([subnets, subnets]);
});

test('subnets and security groups of the VPC can be chosen', () => {
  const template = templateWith((stack) => {
    const vpc = new Vpc(stack, 'Vpc');
    const securityGroups = [new SecurityGroup(stack, 'Ours', { vpc })];
    new UserSnapshots(stack, 'Users', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups,
    });
  });
  template.hasResourceProperties(FUNCTION, {
    VpcConfig: {
      SubnetIds: [{ Ref: Match.stringLikeRegexp('Private') }, { Ref: Match.stringLikeRegexp('Private') }],
      SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Ours'), 'GroupId'] }],
    },
  });
});
