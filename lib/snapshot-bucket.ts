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
  /**
   * ARN of the only role that may replace or delete commits and public keys.
   * @default no role may
   */
  readonly breakGlassRole?: string | undefined;
}

/** Days for which a replaced or deleted object can be restored. Versions of commits and public keys have no limit. */
const RECOVERY_DAYS = 30;
/** Days for which unfinished uploads are kept. A run that died may have committed one, and the next run must still find it. */
const UPLOAD_DAYS = 7;

/** What proves the rest. It is written once, and never expires. */
const PROOF = [COMMITS_FOLDER, FOLDERS.keys] as const;

/** A bucket for snapshots. It outlives the stack, because Anodot can't return past users again. */
export class SnapshotBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { encryptionKey, breakGlassRole, ...props }: SnapshotBucketProps) {
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
    for (const statement of this.#keepCommits(props.prefix, breakGlassRole)) this.bucket.addToResourcePolicy(statement);
    // The bucket outlives the stack, and must still reject unencrypted connections.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    accept(
      this.bucket,
      'AwsSolutions-S1',
      'Record reads with CloudTrail data events if you need them. S3 access logs are incomplete, and need another bucket with its own lifecycle.',
    );
  }

  /**
   * Commits and public keys are never replaced or deleted, not even by an administrator. Only the break-glass role may. Every write must
   * require that the object doesn't exist, which multipart uploads and most copies can't. Replication from another bucket is denied with
   * the deletions: it needs none of their actions. S3 rejects a condition that doesn't apply to every action of its statement.
   *
   * `PutLifecycleConfiguration` and `PutBucketPolicy` stay allowed: CloudFormation needs both to deploy changed settings.
   */
  #keepCommits(prefix: string, breakGlassRole: string | undefined): PolicyStatement[] {
    const exceptRole = breakGlassRole === undefined ? {} : { ArnNotEquals: { 'aws:PrincipalArn': breakGlassRole } };
    const denied = {
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      resources: PROOF.map((folder) => this.bucket.arnForObjects(`${inFolder(prefix, folder)}*`)),
    };
    return [
      new PolicyStatement({
        ...denied,
        sid: 'CommitsAreNeverReplaced',
        actions: ['s3:PutObject'],
        conditions: { Null: { [ONLY_NEW_CONDITION]: 'true' }, ...exceptRole },
      }),
      new PolicyStatement({
        ...denied,
        sid: 'CommitsAreNeverDeleted',
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ReplicateDelete', 's3:ReplicateObject'],
        conditions: exceptRole,
      }),
    ];
  }
}

const inFolder = (prefix: string, folder: string): string => (prefix === '' ? folder : `${prefix}/${folder}`);

/**
 * Personal data expires. Commits, manifests and other documents contain none, and are kept. There is no rule for commits and public keys,
 * so that their old versions are kept, too. The last rule removes only delete markers that have no versions left.
 */
function lifecycleOf({
  prefix,
  retentionDays,
  rawRetentionDays,
}: Pick<SnapshotBucketProps, 'prefix' | 'retentionDays' | 'rawRetentionDays'>) {
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
    { prefix: under(FOLDERS.verifications), noncurrentVersionExpiration: recovery },
    { abortIncompleteMultipartUploadAfter: Duration.days(UPLOAD_DAYS), expiredObjectDeleteMarker: true },
  ];
}
