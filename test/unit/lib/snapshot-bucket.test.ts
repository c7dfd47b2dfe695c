import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { FOLDERS, KEYS, PUBLISHED_FOLDERS } from '../../../functions/snapshot/contract.ts';
import { KEY_ARN, templateOf } from '../../support/cdk/synthesis.ts';

const BUCKET = 'AWS::S3::Bucket';
const bucketOf = (context = {}) => Object.values(templateOf(context).findResources(BUCKET));

test('the bucket and its policy are retained if the stack is deleted or they would be replaced', () => {
  const template = templateOf();
  const stays = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  template.hasResource(BUCKET, stays);
  template.hasResource('AWS::S3::BucketPolicy', stays);
});

test('the bucket is versioned, closed to the public, and owned by its account alone', () => {
  templateOf().hasResourceProperties(BUCKET, {
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});

const ROLE = 'arn:aws:iam::123456789012:role/recovery/SnapshotRecovery';

test.each([
  [{}, '', undefined],
  [{ prefix: 'access/prod', breakGlassRole: ROLE }, '/access/prod', { ArnNotEquals: { 'aws:PrincipalArn': ROLE } }],
])(
  'the bucket policy allows nothing, and denies old TLS and replacing or deleting a commit or key: %j',
  (context, prefix, exceptRole) => {
    const [policy] = Object.values(templateOf(context).findResources('AWS::S3::BucketPolicy'));
    const under = (folder: string) => ({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching('Bucket'), 'Arn'] }, `${prefix}/${folder}*`]],
    });
    const everyone = { Effect: 'Deny', Principal: { AWS: '*' } };
    const always = { Action: 's3:*', Resource: expect.anything() };
    const proof = [under('commits/'), under('keys/')];
    expect(policy?.['Properties'].PolicyDocument.Statement).toEqual([
      { ...everyone, ...always, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...everyone, ...always, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      {
        ...everyone,
        Sid: 'CommitsAreNeverReplaced',
        Action: 's3:PutObject',
        Resource: proof,
        Condition: { Null: { 's3:if-none-match': 'true' }, ...exceptRole },
      },
      {
        ...everyone,
        Sid: 'CommitsAreNeverDeleted',
        Action: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ReplicateDelete', 's3:ReplicateObject'],
        Resource: proof,
        ...(exceptRole && { Condition: exceptRole }),
      },
    ]);
  },
);

test.each([
  [{}, '', 400, 400],
  [{ retentionDays: '800' }, '', 800, 800],
  [{ prefix: 'access/prod', retentionDays: '800', rawRetentionDays: '7' }, 'access/prod/', 800, 7],
])('personal data expires as configured, and everything else stays: %j', (context, prefix, days, rawDays) => {
  const ending = (folder: string, after: number) => ({
    Status: 'Enabled',
    Prefix: prefix + folder,
    ExpirationInDays: after,
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
  });
  const staying = (folder: string) => ({
    Status: 'Enabled',
    Prefix: prefix + folder,
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
  });
  expect(bucketOf(context)[0]?.['Properties'].LifecycleConfiguration.Rules).toEqual([
    ending('users/', days),
    ending('changes/', days),
    ending('groups/', days),
    ending('raw/', rawDays),
    staying('manifests/'),
    staying('runs/'),
    staying('verifications/'),
    {
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      ExpiredObjectDeleteMarker: true,
    },
  ]);
});

/** One key of each kind. */
const ALL_KEYS = [
  KEYS.json('2026-11-23'),
  KEYS.csv('2026-11-23'),
  KEYS.changes('2026-11-23'),
  KEYS.groups('2026-11-23'),
  KEYS.manifest('2026-11-23'),
  KEYS.commit(1),
  KEYS.signature(1, '1f0c9a77'),
  KEYS.publicKey('ab'.repeat(32)),
  KEYS.run('run'),
  KEYS.raw('2026-11-23', 'run', 'execution'),
  KEYS.verification('20261123T021500Z'),
];

test('every key has one lifecycle rule of its own, except commits, signatures and public keys, of which no version expires', () => {
  const rules: { Prefix?: string; ExpirationInDays?: number; NoncurrentVersionExpiration?: object }[] =
    bucketOf()[0]?.['Properties'].LifecycleConfiguration.Rules;
  const own = rules.filter(({ Prefix }) => Prefix !== undefined);
  for (const key of ALL_KEYS) {
    const isProof = /^(?:commits|keys)\//.test(key);
    expect(
      own.filter(({ Prefix = '' }) => key.startsWith(Prefix)),
      key,
    ).toHaveLength(isProof ? 0 : 1);
  }
  for (const { ExpirationInDays, NoncurrentVersionExpiration } of rules.filter((rule) => !own.includes(rule)))
    expect([ExpirationInDays, NoncurrentVersionExpiration]).toEqual([undefined, undefined]);
});

test('every folder is one that the product writes to', () => {
  const folders = Object.values(FOLDERS);
  for (const folder of folders) expect(ALL_KEYS.some((key) => key.startsWith(folder))).toBe(true);
  for (const folder of PUBLISHED_FOLDERS) expect(folders).toContain(folder);
});

test('without kmsKey the bucket is encrypted with S3-managed keys', () => {
  const template = templateOf();
  template.hasResourceProperties(BUCKET, {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  template.resourceCountIs('AWS::KMS::Key', 1); // the alarm topic's
});

test.each([
  ['create', { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] }],
  [KEY_ARN, KEY_ARN],
])('with kmsKey=%s the bucket is encrypted with that key, through a bucket key', (kmsKey, reference) => {
  templateOf({ kmsKey }).hasResourceProperties(BUCKET, {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: reference },
        },
      ],
    },
  });
});

test('a created key rotates yearly and is retained with its bucket', () => {
  const template = templateOf({ kmsKey: 'create' });
  template.resourceCountIs('AWS::KMS::Key', 2);
  template.hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { EnableKeyRotation: true },
  });
  templateOf({ kmsKey: KEY_ARN }).resourceCountIs('AWS::KMS::Key', 1);
});

test('an existing bucket is used unchanged', () => {
  const template = templateOf({ bucketName: 'company-snapshots' });
  template.resourceCountIs(BUCKET, 0);
  template.resourceCountIs('AWS::S3::BucketPolicy', 0);
});
