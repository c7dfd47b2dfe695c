import { Annotations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allowAlarmsToReach } from './alarm-permission.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { AthenaCatalog } from './athena/athena-catalog.ts';
import type { FunctionNetwork } from './bundled-function.ts';
import { DailySchedule } from './daily-schedule.ts';
import { DroppedEvents } from './dropped-events.ts';
import { OnDemandApi } from './on-demand-api.ts';
import type { Choices, GivenObjects } from './settings/props.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';
import { SnapshotFunction } from './snapshot-function.ts';
import type { SnapshotStore } from './store-access.ts';
import { TokenSecret } from './token-secret.ts';
import { instanceOf, validateApart } from './uniqueness.ts';

/**
 * Everything that one installation consists of, made from choices that are already valid: it creates what was not given, and hands each
 * part what it needs of the others.
 */
export class Installation extends Construct {
  readonly bucket: IBucket;
  /** Where in the bucket the snapshots are stored; may be empty. */
  readonly prefix: string;
  /** The bucket's KMS key; undefined if it uses S3's own. */
  readonly encryptionKey: IKey | undefined;
  readonly tokenSecret: ISecret;
  /** Takes a snapshot when invoked with `{}`. */
  readonly function: IFunction;
  readonly alarmTopic: ITopic;
  /** Undefined unless requested. Its `grantInvoke` allows a caller to take snapshots. */
  readonly api: OnDemandApi | undefined;
  /** Undefined if not wanted. Its `grantQuery` allows reading users, except under `raw/`. */
  readonly catalog: AthenaCatalog | undefined;
  /** The value of the dimension `instance` of the metrics. */
  readonly instance: string;

  constructor(scope: Construct, id: string, choices: Choices, given: GivenObjects) {
    super(scope, id);
    this.prefix = choices.prefix;
    this.instance = choices.instance ?? instanceOf(this);
    this.encryptionKey = given.encryptionKey ?? given.bucket?.encryptionKey;
    this.bucket =
      given.bucket ?? new SnapshotBucket(this, 'Bucket', { ...choices, encryptionKey: this.encryptionKey }).bucket;
    this.tokenSecret = given.tokenSecret ?? new TokenSecret(this, 'Token').secret;
    const { vpc, vpcSubnets, securityGroups } = given;
    const network = vpc && { vpc, vpcSubnets, securityGroups };
    const { instance, tokenSecret } = this;
    const store = { bucket: this.bucket, prefix: this.prefix, encryptionKey: this.encryptionKey };
    const made = { instance, store, tokenSecret, network, settings: choices };
    this.function = new SnapshotFunction(this, 'TakeSnapshot', { ...choices, ...made }).function;
    this.alarmTopic = this.#watch(choices, given);
    this.api = choices.api && this.#api(store, network);
    this.catalog = choices.athena ? this.#catalog(store, choices) : undefined;
    validateApart(this, (node) => node instanceof Installation);
  }

  /** Runs the function every day, with alarms if it doesn't. */
  #watch(choices: Choices, given: GivenObjects): ITopic {
    const { undelivered } = new DailySchedule(this, 'Schedule', { ...choices, function: this.function });
    const { queue: dropped } = new DroppedEvents(this, 'DroppedEvents', { function: this.function });
    const topic = given.alarmTopic ?? new AlarmTopic(this, 'AlarmTopic', { email: choices.alarmEmail }).topic;
    if (given.alarmTopic) allowAlarmsToReach(topic, this);
    new Alarms(this, 'Alarms', { instance: this.instance, function: this.function, undelivered, dropped, topic });
    if (given.alarmTopic === undefined && choices.alarmEmail === undefined)
      Annotations.of(this).addInfo(
        'No one is notified when an alarm fires: set alarmEmail, or subscribe to the alarm topic yourself.',
      );
    return topic;
  }

  #api(store: SnapshotStore, network: FunctionNetwork | undefined): OnDemandApi {
    const { instance, function: snapshotFunction } = this;
    return new OnDemandApi(this, 'OnDemandApi', { instance, snapshotFunction, store, network });
  }

  #catalog(store: SnapshotStore, { athenaDatabase: database, athenaDays: retentionDays }: Choices): AthenaCatalog {
    return new AthenaCatalog(this, 'AthenaCatalog', { store, database, retentionDays });
  }
}
