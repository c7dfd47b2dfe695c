import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type LifecycleRule, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { FOLDERS } from '../functions/snapshot/contract.ts';
import { accept } from './nag.ts';

export interface SnapshotBucketProps {
  /** Where the store lies in the bucket; may be empty. */
  readonly prefix: string;
  /** Days for which the users, changes and groups of a day are kept, and the answers they were made of. */
  readonly retentionDays: number;
  readonly rawRetentionDays: number;
  /** @default S3's own keys */
  readonly encryptionKey?: IKey | undefined;
}

/** Days for which an object that was replaced or deleted can be brought back. Commits, which nothing replaces, can be for ever. */
const RECOVERY_DAYS = 30;
/** A run that died may have committed what is still uploaded in parts: the next one finishes it, and has this long to come. */
const UPLOAD_DAYS = 7;

/** A bucket for snapshots, which outlives the stack: only its owner deletes what Anodot no longer knows. */
export class SnapshotBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { encryptionKey, ...props }: SnapshotBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: lifecycleOf(props),
    });
    // The bucket that stays goes on to refuse what isn't encrypted on its way.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    accept(
      this.bucket,
      'AwsSolutions-S1',
      'Who reads objects is for CloudTrail to record (data events), where the account wants it: access logs of S3 are incomplete, and need a bucket with a lifecycle of its own.',
    );
  }
}

/** Personal data ends; commits, manifests and run documents, which hold none, stay. */
function lifecycleOf({ prefix, retentionDays, rawRetentionDays }: Omit<SnapshotBucketProps, 'encryptionKey'>) {
  const below = (folder: string) => (prefix === '' ? folder : `${prefix}/${folder}`);
  const recovery = Duration.days(RECOVERY_DAYS);
  const ending = (folder: string, days: number): LifecycleRule => ({
    prefix: below(folder),
    expiration: Duration.days(days),
    noncurrentVersionExpiration: recovery,
  });
  return [
    ending(FOLDERS.users, retentionDays),
    ending(FOLDERS.changes, retentionDays),
    ending(FOLDERS.groups, retentionDays),
    ending(FOLDERS.raw, rawRetentionDays),
    { prefix: below(FOLDERS.manifests), noncurrentVersionExpiration: recovery },
    { prefix: below(FOLDERS.runs), noncurrentVersionExpiration: recovery },
    { abortIncompleteMultipartUploadAfter: Duration.days(UPLOAD_DAYS), expiredObjectDeleteMarker: true },
  ];
}
