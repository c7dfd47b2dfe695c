import type { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { KEY_ARN, propertiesOf, resolved, templateWith } from '../../support/cdk/synthesis.ts';

/** IAM's limits for all inline policies of one role, and for one managed policy. White space doesn't count. */
const INLINE_CHARACTERS = 10_240;
const MANAGED_CHARACTERS = 6_144;

const REGION = 'us-gov-west-1';
const arn = (service: string, resource: string) => `arn:aws-us-gov:${service}:${REGION}:123456789012:${resource}`;
/** The longest ARN of each type that a policy of a role names: names have the longest length that AWS allows. */
const LONGEST_ARNS: { readonly [type: string]: string } = {
  'AWS::KMS::Key': KEY_ARN.replace('arn:aws:', 'arn:aws-us-gov:'),
  'AWS::Lambda::Function': arn('lambda', `function:${'f'.repeat(64)}`),
  'AWS::Logs::LogGroup': arn('logs', `log-group:${'l'.repeat(512)}:*`),
  'AWS::S3::Bucket': `arn:aws-us-gov:s3:::${'b'.repeat(63)}`,
  'AWS::SQS::Queue': arn('sqs', 'q'.repeat(80)),
};
const PLACE = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The values of every reference in the policies of a template. */
function valuesIn(template: Template): { readonly [reference: string]: string } {
  const arns = Object.entries(LONGEST_ARNS).flatMap(([type, longest]) =>
    Object.keys(template.findResources(type)).map((id) => [`${id}.Arn`, longest]),
  );
  return { ...PLACE, ...Object.fromEntries(arns) };
}

/** How many characters the inline policies of each role have, by the role's description. */
function sizesOf(template: Template): Map<string, number> {
  const documents = (policies: readonly { readonly PolicyDocument: unknown }[]) =>
    policies.map(({ PolicyDocument }) => resolved(PolicyDocument, valuesIn(template)));
  const roles = propertiesOf(template, 'AWS::IAM::Role');
  return new Map(roles.map(({ Description, Policies }) => [Description, lengthOf(documents(Policies))]));
}

const lengthOf = (policies: readonly unknown[]) =>
  policies.reduce<number>((sum, policy) => sum + JSON.stringify(policy).replaceAll(/\s/g, '').length, 0);

test('the policies of every role fit in what IAM allows, with the longest prefix and names and everything that adds permissions', () => {
  const template = templateWith((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    });
    new UserSnapshots(stack, 'Users', {
      prefix: 'p'.repeat(500),
      athena: false,
      encryptionKey: new Key(stack, 'Key'),
      tokenSecret: Secret.fromSecretAttributes(stack, 'Token', {
        secretCompleteArn: arn('secretsmanager', `secret:${'t'.repeat(512)}-AbCdEf`),
        encryptionKey: new Key(stack, 'TokenKey'),
      }),
      sign: true,
      api: 'iam',
      vpc,
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    });
  });
  const sizes = sizesOf(template);
  expect([...sizes.keys()].sort()).toEqual([
    'Permissions of the function request-snapshot',
    'Permissions of the function take-snapshot',
    'Permissions of the schedules',
  ]);
  for (const [role, characters] of sizes) expect(characters, role).toBeLessThanOrEqual(INLINE_CHARACTERS);
});

test("Athena's reader policy fits in what IAM allows, with the longest prefix that deploy.md gives and the longest names", () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', {
      prefix: 'p'.repeat(276),
      encryptionKey: new Key(stack, 'Key'),
      athenaDatabase: 'a'.repeat(64),
    });
  });
  const [policy] = propertiesOf(template, 'AWS::IAM::ManagedPolicy');
  expect(lengthOf([resolved(policy.PolicyDocument, valuesIn(template))])).toBeLessThanOrEqual(MANAGED_CHARACTERS);
});
