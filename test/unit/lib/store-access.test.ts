import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { functionGrants } from '../../../functions/snapshot/permissions.ts';
import { requestAccess, snapshotAccess } from '../../../lib/store-access.ts';
import { KEY_ARN } from '../../support/cdk/synthesis.ts';
import { shown } from '../../support/fault-table.ts';

test("a bucket's key is used through S3 in the function's region, wherever the bucket is imported", () => {
  const app = new App();
  const elsewhere = new Stack(app, 'elsewhere', { env: { account: '111111111111', region: 'us-east-1' } });
  const bucket = Bucket.fromBucketAttributes(elsewhere, 'B', { bucketName: 'company', region: 'eu-central-1' });
  const store = { bucket, prefix: '', encryptionKey: Key.fromKeyArn(elsewhere, 'K', KEY_ARN) };
  const ours = new Stack(app, 'ours', { env: { account: '111111111111', region: 'eu-central-1' } });
  for (const access of [snapshotAccess(store, ours), snapshotAccess(store, ours, true), requestAccess(store, ours)])
    expect(access.keyStatements.map((one) => one.conditions)).toEqual([
      { StringEquals: { 'kms:ViaService': expect.stringMatching(/^s3\.eu-central-1\./) } },
    ]);
  shown(
    'C37',
    'a bucket and its key, imported in a stack of another region',
    "the key is used through S3 in the function's region",
    'through S3 in the other region: KMS denied the function',
  );
});

test.each([false, true])(
  'grants are merged into statements that allow the same and nothing more (signs: %s)',
  (signs) => {
    const stack = new Stack(new App(), 'ours');
    const bucket = Bucket.fromBucketName(stack, 'B', 'company');
    const { statements } = snapshotAccess({ bucket, prefix: '' }, stack, signs);
    const merged = statements.flatMap(({ actions, resources, conditions }) =>
      actions.flatMap((action) => resources.map((on) => named(action, on, 'Null' in conditions))),
    );
    const granted = functionGrants(signs).flatMap((grant) =>
      grant.actions.flatMap((action) =>
        'below' in grant
          ? grant.below.map((folder) => named(action, bucket.arnForObjects(`${folder}*`), 'onlyNew' in grant))
          : [named(action, bucket.bucketArn, false)],
      ),
    );
    expect(merged.sort()).toEqual(granted.sort());
    expect(new Set(merged).size).toBe(merged.length);
  },
);

const named = (action: string, on: string, onlyNew: boolean) => `${action} on ${on}${onlyNew ? ', only new' : ''}`;
