import { Annotations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { AthenaCatalog } from './athena/athena-catalog.ts';
import { DailySchedule } from './daily-schedule.ts';
import { OnDemandApi } from './on-demand-api.ts';
import { choicesOf } from './settings/props.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';
import { SnapshotFunction } from './snapshot-function.ts';
import { TokenSecret } from './token-secret.ts';
import { instanceOf, validateApart } from './uniqueness.ts';
import type { UserSnapshotsProps } from './user-snapshots-props.ts';

export type { Format } from '../functions/snapshot/contract.ts';
export { AthenaCatalog, type AthenaCatalogProps } from './athena/athena-catalog.ts';
export type { FunctionNetwork } from './bundled-function.ts';
export { OnDemandApi, type OnDemandApiProps } from './on-demand-api.ts';
export type { UserSnapshotsProps } from './user-snapshots-props.ts';

/**
 * Takes a snapshot of the users of an Anodot account every day, and tells when one is missing. There may be several in a stack, and in
 * an AWS account.
 */
export class UserSnapshots extends Construct {
  readonly bucket: IBucket;
  /** Where in the bucket; may be empty. */
  readonly prefix: string;
  /** Of the bucket; undefined where it has S3's own. */
  readonly encryptionKey: IKey | undefined;
  readonly tokenSecret: ISecret;
  /** Takes a snapshot when it is invoked with `{}`. */
  readonly function: IFunction;
  readonly alarmTopic: ITopic;
  /** Undefined unless it was asked for. Its `grantInvoke` lets somebody take snapshots. */
  readonly api: OnDemandApi | undefined;
  /** Undefined where it was not wanted. Its `grantQuery` lets somebody read users, but for what is below `raw/`. */
  readonly catalog: AthenaCatalog | undefined;
  /** The value of the dimension `instance` of its metrics. */
  readonly instance: string;

  /** @throws Error that lists every prop that isn't as it must be */
  constructor(scope: Construct, id: string, props: UserSnapshotsProps = {}) {
    super(scope, id);
    const choices = choicesOf(props);
    this.prefix = choices.prefix;
    this.instance = choices.instance ?? instanceOf(this);
    this.encryptionKey = props.encryptionKey ?? props.bucket?.encryptionKey;
    this.bucket =
      props.bucket ?? new SnapshotBucket(this, 'Bucket', { ...choices, encryptionKey: this.encryptionKey }).bucket;
    this.tokenSecret = props.tokenSecret ?? new TokenSecret(this, 'Token').secret;
    const { vpc, vpcSubnets, securityGroups } = props;
    const network = vpc && { vpc, vpcSubnets, securityGroups };
    this.function = new SnapshotFunction(this, 'TakeSnapshot', {
      ...choices,
      instance: this.instance,
      bucket: this.bucket,
      encryptionKey: this.encryptionKey,
      tokenSecret: this.tokenSecret,
      network,
    }).function;
    const { undelivered } = new DailySchedule(this, 'Schedule', { ...choices, function: this.function });
    this.alarmTopic = props.alarmTopic ?? new AlarmTopic(this, 'AlarmTopic', { email: choices.alarmEmail }).topic;
    const watched = { instance: this.instance, function: this.function, undelivered };
    new Alarms(this, 'Alarms', { ...watched, topic: this.alarmTopic });
    if (props.alarmTopic === undefined && choices.alarmEmail === undefined) this.#sayThatNobodyIsTold();
    const store = { bucket: this.bucket, prefix: this.prefix, encryptionKey: this.encryptionKey };
    if (choices.api === 'iam') {
      const called = { instance: this.instance, snapshotFunction: this.function, network };
      this.api = new OnDemandApi(this, 'OnDemandApi', { ...store, ...called });
    }
    if (choices.athena) {
      const { athenaDatabase: database, athenaDays: retentionDays } = choices;
      this.catalog = new AthenaCatalog(this, 'AthenaCatalog', { ...store, database, retentionDays });
    }
    validateApart(this, (node) => node instanceof UserSnapshots);
  }

  #sayThatNobodyIsTold(): void {
    Annotations.of(this).addInfo(
      'Nobody is told when an alarm rings: give alarmEmail, or subscribe to the alarm topic yourself.',
    );
  }
}
