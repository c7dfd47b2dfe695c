import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Format } from '../functions/snapshot/contract.ts';

/** Options for daily snapshots; every one has a default. */
export interface UserSnapshotsProps {
  /**
   * Anodot's host for the account.
   * @default 'https://app.anodot.com'
   */
  readonly anodotUrl?: string | undefined;
  /**
   * Whether the token may be sent to a host that is not Anodot's.
   * @default false
   */
  readonly allowOtherHost?: boolean | undefined;
  /**
   * Holds the token as text: the token alone, or `{"refreshToken": "…"}`.
   * @default a new secret without a value, which is kept when the stack is deleted
   */
  readonly tokenSecret?: ISecret | undefined;

  /**
   * Where the snapshots are stored. It must be in the stack's region, and keeps its own lifecycle.
   * @default a new bucket with a lifecycle, which is kept when the stack is deleted
   */
  readonly bucket?: IBucket | undefined;
  /**
   * Where in the bucket, without a slash at either end. If several share a bucket, no prefix may contain another.
   * @default none: the root of the bucket
   */
  readonly prefix?: string | undefined;
  /**
   * The KMS key of the bucket: the new one, or `bucket` if that doesn't know its own key.
   * @default the key of `bucket`, or S3's own
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Days for which users, changes and groups are kept, 1 to 3650. Not allowed with `bucket`.
   * @default 400
   */
  readonly retentionDays?: number | undefined;
  /**
   * Days for which Anodot's raw responses are kept, 1 to 3650. Not allowed with `bucket`.
   * @default 90
   */
  readonly rawRetentionDays?: number | undefined;

  /**
   * What is published; `json` always is.
   * @default ['json', 'csv']
   */
  readonly formats?: readonly Format[] | undefined;
  /**
   * A snapshot that lost more than this percentage of the users, and more than three, is refused.
   * @default 50
   */
  readonly maxDropPercent?: number | undefined;
  /**
   * Whether an account without users may be published.
   * @default false
   */
  readonly allowEmpty?: boolean | undefined;
  /**
   * Whether Anodot's responses are kept unchanged.
   * @default true
   */
  readonly keepRaw?: boolean | undefined;

  /**
   * When a run is due, in UTC, from 00:00 to 23:15. It begins within 15 minutes. If it can't, delivery is retried for up to nine hours,
   * but never past midnight UTC: a late run would take the next day's snapshot.
   * @default '02:15'
   */
  readonly dailyAtUtc?: string | undefined;
  /**
   * Who is notified of alarms by e-mail. Not allowed with `alarmTopic`.
   * @default no one is notified
   */
  readonly alarmEmail?: string | undefined;
  /**
   * The topic to which alarms are sent. A topic and a key of this app are made to allow `cloudwatch.amazonaws.com`; the policies of
   * imported ones must allow it: `sns:Publish`, and `kms:Decrypt` and `kms:GenerateDataKey*`.
   * @default a new, encrypted topic
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * Distinguishes the metrics, alarms and log lines of several in one account and region: 1 to 64 letters, digits, `_`, `-` and `.`.
   * @default derived from the names of the stack and the construct
   */
  readonly instance?: string | undefined;

  /**
   * `iam`: an HTTP API that takes a snapshot on demand, for callers authorized by IAM.
   * @default no API
   */
  readonly api?: 'iam' | undefined;
  /**
   * Whether to create tables and views in Athena.
   * @default true
   */
  readonly athena?: boolean | undefined;
  /**
   * The name of their database, which must be unique in the account and region.
   * @default 'anodot_users'
   */
  readonly athenaDatabase?: string | undefined;
  /**
   * How many days back the tables look, 1 to 3650. Set it with a `bucket` that keeps users longer than the default.
   * @default `retentionDays`
   */
  readonly athenaDays?: number | undefined;

  /**
   * Memory of the function in MB, 128 to 10240.
   * @default 256
   */
  readonly memorySize?: number | undefined;
  /**
   * How long a run may take, in seconds, 60 to 900.
   * @default 300
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How many runs may execute at once. An account with a concurrency quota of 10 can't reserve any.
   * @default no limit
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * For functions that must use a VPC. It needs a route to Anodot, S3 and Secrets Manager, and with `api` also to Lambda.
   * @default no VPC
   */
  readonly vpc?: IVpc | undefined;
  /** @default the VPC's private subnets */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /** @default a new one that allows no inbound traffic */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}
