import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { propertiesOf, templateOf, templateWith } from '../../support/cdk/synthesis.ts';

const KEY = 'AWS::KMS::Key';
const signing = templateOf({ sign: 'true' });
const [[id, key] = [], ...others] = Object.entries(signing.findResources(KEY)).filter(([name]) =>
  name.includes('SigningKey'),
);
const role = { 'Fn::GetAtt': [expect.stringMatching('TakeSnapshotRole'), 'Arn'] };

test('sign creates one key on the curve P-256 that only signs, and that outlives the stack', () => {
  expect(others).toEqual([]);
  expect(key?.['Properties']).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test("the key's policy lets the function sign digests and read the public key, and denies signing to everyone else", () => {
  const [account, ...statements] = key?.['Properties'].KeyPolicy.Statement ?? [];
  expect(account).toMatchObject({ Effect: 'Allow', Action: 'kms:*' });
  expect(JSON.stringify(account.Principal)).toContain(':root');
  expect(statements).toEqual([
    {
      Sid: 'FunctionSigns',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 'kms:Sign',
      Resource: '*',
      Condition: { StringEquals: { 'kms:MessageType': 'DIGEST', 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } },
    },
    {
      Sid: 'FunctionReadsPublicKey',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 'kms:GetPublicKey',
      Resource: '*',
    },
    {
      Sid: 'NoOneElseSigns',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'kms:Sign',
      Resource: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } },
    },
  ]);
});

test('no role names the key, since the key names the role and CloudFormation could create neither first', () => {
  for (const one of propertiesOf(signing, 'AWS::IAM::Role')) expect(JSON.stringify(one)).not.toContain(id);
});

test('the function behind the API neither signs nor knows the key', () => {
  const template = templateOf({ sign: 'true', api: 'iam' });
  const named = propertiesOf(template, 'AWS::Lambda::Function').filter((one) =>
    JSON.stringify(one).includes(String(id)),
  );
  expect(named.map(({ Description }) => Description)).toEqual([expect.stringMatching(/^Takes a snapshot/)]);
  expect(JSON.stringify(key?.['Properties'].KeyPolicy)).not.toContain('RequestSnapshot');
});

test('without sign there is no such key, and the construct exposes none', () => {
  let exposed: unknown = 'nothing';
  const template = templateWith((stack) => {
    exposed = new UserSnapshots(stack, 'Users').signingKey;
  });
  expect(exposed).toBeUndefined();
  expect(Object.keys(template.findResources(KEY)).filter((name) => name.includes('Signing'))).toEqual([]);
});

test('what an app grants on the key does not remove the denial', () => {
  const template = templateWith((stack) => {
    const auditor = new Role(stack, 'Auditor', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    const { signingKey } = new UserSnapshots(stack, 'Users', { sign: true });
    expect(signingKey).toBeInstanceOf(Key);
    signingKey?.grant(auditor, 'kms:Sign', 'kms:GetPublicKey');
  });
  const [{ KeyPolicy }] = propertiesOf(template, KEY).filter(({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY');
  expect(KeyPolicy.Statement).toContainEqual(expect.objectContaining({ Sid: 'NoOneElseSigns', Effect: 'Deny' }));
});
