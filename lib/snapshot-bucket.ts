import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type LifecycleRule, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { COMMITS_FOLDER, FOLDERS } from '../functions/snapshot/contract.ts';
import { ONLY_NEW_CONDITION } from '../functions/snapshot/permissions.ts';
import { accept } from './nag.ts';

export interface SnapshotBucketProps {
  /** Prefix of all keys. May be empty. */
  readonly prefix: string;
  /** Days for which users, changes and groups are kept. */
  readonly retentionDays: number;
  /** Days for which raw responses are kept. */
  readonly rawRetentionDays: number;
  /** @default S3's own keys */
  readonly encryptionKey?: IKey | undefined;
}

/** Days for which a replaced or deleted object can be restored. Commits are never replaced, so they have no limit. */
const RECOVERY_DAYS = 30;
/** Days for which unfinished uploads are kept. A run that died may have committed one, and the next run must still find it. */
const UPLOAD_DAYS = 7;

/** A bucket for snapshots. It outlives the stack, because Anodot can't return past users again. */
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
    this.bucket.addToResourcePolicy(this.#keepCommits(props.prefix));
    // The bucket outlives the stack, and must still reject unencrypted connections.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    accept(
      this.bucket,
      'AwsSolutions-S1',
      'Record reads with CloudTrail data events if you need them. S3 access logs are incomplete, and need another bucket with its own lifecycle.',
    );
  }

  /**
   * A commit is never replaced, not even by the function or an administrator: every write must require that the object doesn't exist.
   * S3 therefore also rejects copies and multipart uploads to these keys, which can't carry that condition.
   */
  #keepCommits(prefix: string): PolicyStatement {
    return new PolicyStatement({
      sid: 'CommitsAreNeverReplaced',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects(`${inFolder(prefix, COMMITS_FOLDER)}*`)],
      conditions: { Null: { [ONLY_NEW_CONDITION]: 'true' } },
    });
  }
}

const inFolder = (prefix: string, folder: string): string => (prefix === '' ? folder : `${prefix}/${folder}`);

/** Personal data expires. Commits, manifests and run documents contain none, and are kept. */
function lifecycleOf({ prefix, retentionDays, rawRetentionDays }: Omit<SnapshotBucketProps, 'encryptionKey'>) {
  const under = (folder: string) => inFolder(prefix, folder);
  const recovery = Duration.days(RECOVERY_DAYS);
  const ending = (folder: string, days: number): LifecycleRule => ({
    prefix: under(folder),
    expiration: Duration.days(days),
    noncurrentVersionExpiration: recovery,
  });
  return [
    ending(FOLDERS.users, retentionDays),
    ending(FOLDERS.changes, retentionDays),
    ending(FOLDERS.groups, retentionDays),
    ending(FOLDERS.raw, rawRetentionDays),
    { prefix: under(FOLDERS.manifests), noncurrentVersionExpiration: recovery },
    { prefix: under(FOLDERS.runs), noncurrentVersionExpiration: recovery },
    { abortIncompleteMultipartUploadAfter: Duration.days(UPLOAD_DAYS), expiredObjectDeleteMarker: true },
  ];
}
