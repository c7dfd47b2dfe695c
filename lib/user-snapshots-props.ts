import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Format } from '../functions/snapshot/contract.ts';

/** What can be chosen of daily snapshots. Everything has a default. */
export interface UserSnapshotsProps {
  /**
   * Anodot's host for the account.
   * @default 'https://app.anodot.com'
   */
  readonly anodotUrl?: string | undefined;
  /**
   * Lets the token go to a host that isn't Anodot's.
   * @default false
   */
  readonly allowOtherHost?: boolean | undefined;
  /**
   * Holds the token as text: the token alone, or `{"refreshToken": "…"}`.
   * @default one is made without a value, and kept when the stack is deleted
   */
  readonly tokenSecret?: ISecret | undefined;

  /**
   * Where the snapshots go. It must be in the stack's region. It keeps its own lifecycle.
   * @default one is made, with a lifecycle, and kept when the stack is deleted
   */
  readonly bucket?: IBucket | undefined;
  /**
   * Where in the bucket, without a slash at either end. Those who share a bucket have prefixes of which none lies in another.
   * @default none: the bucket's top
   */
  readonly prefix?: string | undefined;
  /**
   * The KMS key of the bucket: of the one that is made, or of `bucket` where that doesn't know its own.
   * @default the bucket's own, or S3's
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Days for which the users, changes and groups of a day are kept, 1 to 3650. Not with `bucket`.
   * @default 400
   */
  readonly retentionDays?: number | undefined;
  /**
   * Days for which Anodot's unaltered answers are kept, 1 to 3650. Not with `bucket`.
   * @default 90
   */
  readonly rawRetentionDays?: number | undefined;

  /**
   * What is published; `json` always is.
   * @default ['json', 'csv']
   */
  readonly formats?: readonly Format[] | undefined;
  /**
   * A loss of more of the users, in percent, and of more than three, is refused.
   * @default 50
   */
  readonly maxDropPercent?: number | undefined;
  /**
   * Whether an account without users may be published.
   * @default false
   */
  readonly allowEmpty?: boolean | undefined;
  /**
   * Whether Anodot's answers are kept as they came.
   * @default true
   */
  readonly keepRaw?: boolean | undefined;

  /**
   * When a run is due, in UTC, from 00:00 to 23:44. It begins within the 15 minutes that follow.
   * @default '02:15'
   */
  readonly dailyAtUtc?: string | undefined;
  /**
   * Who gets the alarms as mail. Not with `alarmTopic`.
   * @default nobody is told
   */
  readonly alarmEmail?: string | undefined;
  /**
   * Where alarms go. It, and its key, must let `cloudwatch.amazonaws.com` publish.
   * @default an encrypted one is made
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * Tells the metrics, alarms and log lines of several apart, in an account and region: 1 to 64 letters, digits, `_`, `-` and `.`.
   * @default made of the names of the stack and of the construct
   */
  readonly instance?: string | undefined;

  /**
   * `iam`: an HTTP API that takes a snapshot on demand, for those who IAM lets in.
   * @default no API
   */
  readonly api?: 'iam' | undefined;
  /**
   * Tables and views in Athena.
   * @default true
   */
  readonly athena?: boolean | undefined;
  /**
   * Their database. It is there once in an account and region.
   * @default 'anodot_users'
   */
  readonly athenaDatabase?: string | undefined;
  /**
   * How many days back the tables look, 1 to 3650. To be given with a `bucket` that keeps users for longer than the default.
   * @default retentionDays
   */
  readonly athenaDays?: number | undefined;

  /**
   * MB, 128 to 10240.
   * @default 256
   */
  readonly memorySize?: number | undefined;
  /**
   * Seconds that a run may take, 60 to 900.
   * @default 300
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How many may run at once. An account with a quota of 10 can't reserve any.
   * @default not limited
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * For functions that must leave through a VPC; they need a way to Anodot, S3 and Secrets Manager there, with `api` to Lambda as well.
   * @default no VPC
   */
  readonly vpc?: IVpc | undefined;
  /** @default the VPC's private subnets */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /** @default one is made, which lets nothing in */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}
