import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { only, resolved, templateOf } from '../../support/cdk/synthesis.ts';

/** The lifecycle and the policy that deploy.md has for an existing bucket are those of a bucket that the deployment creates. */

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/deploy.md'), 'utf8');
const [, SECTION = ''] = PAGE.split('\n## A bucket of your own\n');
const [lifecycle, policy] = [...SECTION.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']): unknown =>
  JSON.parse(text),
);

const ROLE = 'arn:aws:iam::123456789012:role/SnapshotRecovery';
const resources = z
  .record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }))
  .parse(templateOf({ breakGlassRole: ROLE }).toJSON()['Resources']);
const [id, bucket] = only({ resources }, 'AWS::S3::Bucket');

const RULE = z.object({
  Status: z.string(),
  Prefix: z.string().default(''),
  ExpirationInDays: z.int().optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  NoncurrentVersionExpiration: z.object({ NoncurrentDays: z.int() }).optional(),
  AbortIncompleteMultipartUpload: z.object({ DaysAfterInitiation: z.int() }).optional(),
});

test('the lifecycle in deploy.md is that of a created bucket', () => {
  const { Rules } = z.object({ Rules: z.array(RULE) }).parse(bucket.Properties['LifecycleConfiguration']);
  const rules = Rules.map(({ Prefix, ExpirationInDays: Days, ExpiredObjectDeleteMarker, ...rule }) => ({
    ID: Prefix === '' ? 'unfinished-uploads' : Prefix.slice(0, -1),
    Filter: { Prefix },
    ...(Days !== undefined && { Expiration: { Days } }),
    ...(ExpiredObjectDeleteMarker && { Expiration: { ExpiredObjectDeleteMarker } }),
    ...rule,
  }));
  expect(lifecycle).toEqual({ Rules: rules });
});

test('the policy in deploy.md denies what the policy of a created bucket denies', () => {
  const [, { Properties }] = only({ resources }, 'AWS::S3::BucketPolicy');
  const created = resolved(Properties['PolicyDocument'], { [`${id}.Arn`]: 'arn:aws:s3:::BUCKET' });
  const { Statement } = z.object({ Statement: z.array(z.looseObject({})) }).parse(created);
  const withoutNames = (statements: readonly object[]) =>
    statements.map((one) => ({ ...one, Sid: undefined, Principal: undefined }));
  const pasted = z.array(z.looseObject({ Principal: z.literal('*') })).parse(policy);
  const named = JSON.parse(JSON.stringify(pasted).replaceAll('"ROLE"', JSON.stringify(ROLE)));
  expect(withoutNames(named)).toEqual(withoutNames(Statement));
});
