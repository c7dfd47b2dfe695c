import { Annotations, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allowAlarmsToReach } from './alarm-permission.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { type AlarmName, Alarms, alarmNamed, type SnapshotAlarms } from './alarms.ts';
import { AthenaCatalog } from './athena/athena-catalog.ts';
import type { FunctionNetwork } from './bundled-function.ts';
import { DroppedEvents } from './dropped-events.ts';
import { OnDemandApi } from './on-demand-api.ts';
import { Schedules } from './schedules.ts';
import { problemsOfTopic } from './settings/given-objects.ts';
import type { Choices, GivenObjects } from './settings/props.ts';
import { SigningKey } from './signing-key.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';
import { SnapshotFunction } from './snapshot-function.ts';
import { type MetricName, type SnapshotMetricOptions, snapshotMetric } from './snapshot-metric.ts';
import type { SnapshotStore } from './store-access.ts';
import { TokenSecret } from './token-secret.ts';
import { instanceOf, validateApart } from './uniqueness.ts';

/** Everything that one installation consists of, made from valid choices. It creates what the caller didn't pass in. */
export class Installation extends Construct {
  /**
   * The bucket that stores the snapshots: the one passed in, or a new one.
   * @example snapshots.bucket.bucketName
   */
  readonly bucket: IBucket;
  /**
   * The prefix of all keys in the bucket, without a slash at either end. Empty for the root of the bucket.
   * @example 'anodot/production'
   */
  readonly prefix: string;
  /**
   * The KMS key of the bucket. Undefined if the bucket uses S3-managed keys.
   * @example snapshots.encryptionKey?.grantDecrypt(auditors)
   */
  readonly encryptionKey: IKey | undefined;
  /**
   * The secret that holds the Anodot token: the one passed in, or a new one without a value.
   * @example new CfnOutput(this, 'TokenSecret', { value: snapshots.tokenSecret.secretArn })
   */
  readonly tokenSecret: ISecret;
  /**
   * The KMS key that signs commits. Undefined unless the prop `sign` is true. Its policy denies signing to everyone but the function.
   * Other grants don't change that.
   * @example snapshots.signingKey?.keyArn
   */
  readonly signingKey: IKey | undefined;
  /**
   * The function that takes a snapshot when it is invoked with `{}`.
   * @example snapshots.function.grantInvoke(operators)
   */
  readonly function: IFunction;
  /**
   * The topic that every alarm notifies: the one passed in, or a new one.
   * @example snapshots.alarmTopic.addSubscription(new EmailSubscription('oncall@example.com'))
   */
  readonly alarmTopic: ITopic;
  /**
   * The alarms by name: thirteen, and `CommitUnsigned` if the prop `sign` is true. `TokenOld` is undefined if `maxTokenAgeDays` is 0. Use
   * an alarm to add an action or, through the L1 construct, to change its threshold. For another SNS topic use `notifyOn`:
   * `addAlarmAction` doesn't allow CloudWatch to publish to a topic that has a policy or a KMS key.
   * @example snapshots.alarms.NoSnapshot.addAlarmAction(new LambdaAction(pager))
   */
  readonly alarms: SnapshotAlarms;
  /** The topics that each alarm notifies, beyond the installation's own. */
  readonly #notified = new Map<AlarmName, Set<ITopic>>();
  /**
   * The HTTP API that takes snapshots on demand. Undefined unless the prop `api` is `iam`.
   * @example snapshots.api?.grantInvoke(operators)
   */
  readonly api: OnDemandApi | undefined;
  /**
   * The tables and views in Athena. Undefined if the prop `athena` is false.
   * @example snapshots.catalog?.grantQuery(auditors)
   */
  readonly catalog: AthenaCatalog | undefined;
  /**
   * The name of the installation: the value of the dimension `instance` of its metrics.
   * @example 'production'
   */
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
    const signingKey = choices.sign ? new SigningKey(this, 'SigningKey') : undefined;
    this.signingKey = signingKey?.key;
    const keptDays = given.bucket ? undefined : choices.retentionDays;
    const made = { instance, store, tokenSecret, network, settings: choices, signingKey, keptDays };
    this.function = new SnapshotFunction(this, 'TakeSnapshot', { ...choices, ...made }).function;
    const parts = this.#scheduled(choices);
    this.alarmTopic = this.#topic(choices, given);
    this.alarms = new Alarms(this, 'Alarms', { ...choices, ...parts, instance, topic: this.alarmTopic }).byName;
    this.api = choices.api && this.#api(store, network);
    this.catalog = choices.athena ? this.#catalog(store, choices) : undefined;
    validateApart(this, (node) => node instanceof Installation);
  }

  /**
   * A metric of this installation, with its namespace and its dimension `instance`. By default the period is one hour. The default
   * statistic is Maximum for levels, such as `Users` and `TokenAgeDays`, and Sum for all others, which are counts.
   * @throws Error if there is no such metric
   * @param name of the metric in CloudWatch
   * @param props override the statistic, the period, the label and so on
   * @example new GraphWidget({ left: [snapshots.metric('Users', { period: Duration.days(1) })] })
   */
  metric(name: MetricName, props?: SnapshotMetricOptions): Metric {
    return snapshotMetric(this.instance, name, props).attachTo(this);
  }

  /**
   * Notifies one more topic when an alarm fires. Does nothing if the alarm already notifies it. If this app creates the topic and its key,
   * their policies are extended to allow CloudWatch. An imported topic must already allow it, as for the prop `alarmTopic`.
   * @throws Error if there is no such alarm, or if the alarm would not arrive at the topic
   * @example snapshots.notifyOn('AdministratorAdded', securityTopic)
   */
  notifyOn(name: AlarmName, topic: ITopic): void {
    const alarm = alarmNamed(this.alarms, name);
    const problems = problemsOfTopic(topic, Stack.of(this)).filter((text) => text !== undefined);
    if (problems.length > 0)
      throw new Error(`the alarm ${name} would not arrive at the topic ${topic.node.path}: ${problems.join('. ')}`);
    const topics = this.#notified.get(name) ?? new Set([this.alarmTopic]);
    if (topics.has(topic)) return;
    this.#notified.set(name, topics.add(topic));
    allowAlarmsToReach(topic, this);
    alarm.addAlarmAction(new SnsAction(topic));
  }

  /** Runs the function on schedule. Returns the function and the queues of events that did not reach it. */
  #scheduled(choices: Choices) {
    const { function: lambda } = this;
    const { undelivered } = new Schedules(this, 'Schedule', { ...choices, function: lambda });
    const { queue: dropped } = new DroppedEvents(this, 'DroppedEvents', { function: lambda });
    return { function: lambda, undelivered, dropped };
  }

  #topic({ alarmEmail: email }: Choices, { alarmTopic }: GivenObjects): ITopic {
    if (alarmTopic) {
      allowAlarmsToReach(alarmTopic, this);
      return alarmTopic;
    }
    if (email === undefined)
      Annotations.of(this).addInfo(
        'No one is notified when an alarm fires: set alarmEmail, or subscribe to the alarm topic yourself.',
      );
    return new AlarmTopic(this, 'AlarmTopic', { email }).topic;
  }

  #api(store: SnapshotStore, network: FunctionNetwork | undefined): OnDemandApi {
    const { instance, function: snapshotFunction } = this;
    return new OnDemandApi(this, 'OnDemandApi', { instance, snapshotFunction, store, network });
  }

  #catalog(store: SnapshotStore, { athenaDatabase: database, athenaDays: retentionDays }: Choices): AthenaCatalog {
    return new AthenaCatalog(this, 'AthenaCatalog', { store, database, retentionDays });
  }
}
