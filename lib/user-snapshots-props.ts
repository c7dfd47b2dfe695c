import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Format } from '../functions/snapshot/contract.ts';
import type { FunctionProps } from './function-props.ts';

/**
 * Options for daily snapshots; every one has a default. A key or secret given as an ARN must be in the stack's region.
 * @example new UserSnapshots(this, 'AnodotUsers', { alarmEmail: 'security@example.com', retentionDays: 800 })
 */
export interface UserSnapshotsProps extends FunctionProps {
  /**
   * URL of the account's Anodot host.
   * @example 'https://ap.anodot.com'
   * @default 'https://app.anodot.com'
   */
  readonly anodotUrl?: string | undefined;
  /**
   * Whether the token may be sent to a host outside anodot.com.
   * @example true
   * @default false
   */
  readonly allowOtherHost?: boolean | undefined;
  /**
   * Secret that holds the Anodot token as text: the token alone, or `{"refreshToken": "…"}`. It must be in the stack's region.
   * @example Secret.fromSecretNameV2(this, 'Token', 'anodot/token')
   * @default a new secret without a value, which is retained when the stack is deleted
   */
  readonly tokenSecret?: ISecret | undefined;

  /**
   * Bucket that stores the snapshots. It must be in the stack's region, and keeps its own lifecycle rules and encryption.
   * @example Bucket.fromBucketName(this, 'Records', 'company-access-records')
   * @default a new bucket with lifecycle rules, which is retained when the stack is deleted
   */
  readonly bucket?: IBucket | undefined;
  /**
   * Prefix of all keys in the bucket, without a slash at either end. If several installations share a bucket, no prefix may contain
   * another.
   * @example 'anodot/production'
   * @default none: the root of the bucket
   */
  readonly prefix?: string | undefined;
  /**
   * KMS key of the bucket: for the new bucket, or for a `bucket` that was imported without its key. It must be in the stack's region.
   * @example new Key(this, 'Key', { enableKeyRotation: true })
   * @default the key of `bucket`, or S3-managed keys
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Days for which users, changes and groups are kept, from 1 to 3650. Not allowed with `bucket`.
   * @example 800
   * @default 400
   */
  readonly retentionDays?: number | undefined;
  /**
   * Days for which Anodot's raw responses are kept, from 1 to 3650. Not allowed with `bucket` or with `keepRaw: false`.
   * @example 30
   * @default `retentionDays`
   */
  readonly rawRetentionDays?: number | undefined;
  /**
   * ARN of the only IAM role that may replace or delete commits and public keys. Use it to restore a backup, or to empty the bucket. Not
   * allowed with `bucket`.
   * @example 'arn:aws:iam::123456789012:role/SnapshotRecovery'
   * @default no role may, not even an administrator
   */
  readonly breakGlassRole?: string | undefined;

  /**
   * Formats in which users are published. `json` is always included.
   * @example ['json']
   * @default ['json', 'csv']
   */
  readonly formats?: readonly Format[] | undefined;
  /**
   * Percentage from 0 to 100. A snapshot is refused if it lost more than this percentage of the previous users, and more than three users.
   * @example 20
   * @default 50
   */
  readonly maxDropPercent?: number | undefined;
  /**
   * Whether to publish a snapshot of an account without users.
   * @example true
   * @default false
   */
  readonly allowEmpty?: boolean | undefined;
  /**
   * Whether to keep Anodot's raw responses under `raw/`.
   * @example false
   * @default true
   */
  readonly keepRaw?: boolean | undefined;

  /**
   * Whether to sign each commit with a new KMS key, with which only the function may sign. The key is retained when the stack is deleted.
   * @example true
   * @default false
   */
  readonly sign?: boolean | undefined;
  /**
   * Fingerprints of keys that signed earlier commits, each of 64 hex digits. The weekly verification accepts their signatures, too. Not
   * allowed without `sign`.
   * @example ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']
   * @default none
   */
  readonly earlierKeys?: readonly string[] | undefined;
  /**
   * Number of the first signed commit. The weekly verification counts recent commits from it on that are unsigned, and finds a bucket that
   * ends before it. Not allowed without `sign`.
   * @example 42
   * @default none: only commits after the oldest with a valid signature count as unsigned
   */
  readonly signedFrom?: number | undefined;

  /**
   * Time of the daily run in UTC, from 00:00 to 23:15. A run begins within 15 minutes of it. If it can't, delivery is retried for up to
   * nine hours, but never past midnight UTC, because a late run would take the next day's snapshot.
   * @example '04:30'
   * @default '02:15'
   */
  readonly dailyAtUtc?: string | undefined;
  /**
   * E-mail address that receives alarms, once its owner has confirmed the subscription. Not allowed with `alarmTopic`.
   * @example 'security@example.com'
   * @default no one is notified
   */
  readonly alarmEmail?: string | undefined;
  /**
   * SNS topic that alarms notify. If this app creates the topic and its key, their policies are extended to allow CloudWatch. An imported
   * topic must already allow `cloudwatch.amazonaws.com` to use `sns:Publish`, and its key `kms:Decrypt` and `kms:GenerateDataKey*`.
   * @example new Topic(this, 'Alarms', { enforceSSL: true })
   * @default a new encrypted topic
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * Age of the stored token, in days from 0 to 3650, at which an alarm fires. With 0 there is no such alarm.
   * @example 30
   * @default 90
   */
  readonly maxTokenAgeDays?: number | undefined;
  /**
   * Name that distinguishes the metrics, alarms and logs of several installations in one account and region: 1 to 64 letters, digits, `_`,
   * `-` and `.`.
   * @example 'production'
   * @default derived from the names of the stack and the construct
   */
  readonly instance?: string | undefined;

  /**
   * `iam` to create an HTTP API that takes a snapshot on demand, for callers authorized by IAM.
   * @example 'iam'
   * @default no API
   */
  readonly api?: 'iam' | undefined;
  /**
   * Whether to create tables and views in Athena.
   * @example false
   * @default true
   */
  readonly athena?: boolean | undefined;
  /**
   * Name of the Athena database and workgroup. It must be unique in the account and region. Not allowed with `athena: false`.
   * @example 'access_records'
   * @default 'anodot_users'
   */
  readonly athenaDatabase?: string | undefined;
  /**
   * Number of days that the tables in Athena cover, from 1 to 3650. Set it if your own `bucket` keeps users longer than 400 days. Not
   * allowed with `athena: false`.
   * @example 800
   * @default `retentionDays`
   */
  readonly athenaDays?: number | undefined;
}
