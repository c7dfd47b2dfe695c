import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { METRICS, METRICS_NAMESPACE } from '../../../functions/snapshot/metrics.ts';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { propertiesOf, templateOf, templateWith } from '../../support/cdk/synthesis.ts';
import { shown } from '../../support/fault-table.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const INSTANCE = 'anodot-user-snapshots-UserSnapshots-6E13398D';
const signing = templateOf({ sign: 'true' });
const DIMENSIONS = [{ Name: 'instance', Value: INSTANCE }];

/** The properties of the alarm whose logical id contains a name. */
function alarm(name: string, template = templateOf()) {
  const found = Object.entries(template.findResources(ALARM)).filter(([id]) => id.includes(name));
  expect(found).toHaveLength(1);
  return found[0]?.[1]['Properties'];
}

const count = (id: string, metric: string, statistic = 'Sum') => ({
  Id: id,
  ReturnData: false,
  MetricStat: {
    Metric: { Namespace: METRICS_NAMESPACE, MetricName: metric, Dimensions: DIMENSIONS },
    Period: 3600,
    Stat: statistic,
  },
});

test('there are thirteen alarms, one more with sign, and one fewer without maxTokenAgeDays', () => {
  templateOf().resourceCountIs(ALARM, 13);
  templateOf({ sign: 'true' }).resourceCountIs(ALARM, 14);
  templateOf({ maxTokenAgeDays: '0' }).resourceCountIs(ALARM, 12);
});

test('NoSnapshot fires after 30 hours without a published snapshot, even if no metric was ever written', () => {
  expect(alarm('NoSnapshot')).toMatchObject({
    Metrics: [{ Expression: 'FILL(count, 0)' }, count('count', METRICS.published)],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 30,
    TreatMissingData: 'breaching',
  });
  expect(alarm('NoSnapshot').DatapointsToAlarm ?? 30).toBe(30);
});

test('RunFailed fires for a run that failed or was killed before it emitted a metric, but not for a refused one', () => {
  expect(alarm('RunFailed')).toMatchObject({
    Metrics: [
      { Expression: 'MAX([FILL(failed, 0), FILL(errors, 0) - FILL(refused, 0)])' },
      count('failed', METRICS.failed),
      count('refused', METRICS.refused),
      {
        Id: 'errors',
        MetricStat: {
          Metric: {
            Namespace: 'AWS/Lambda',
            MetricName: 'Errors',
            Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching('TakeSnapshotFunction') } }],
          },
          Period: 3600,
          Stat: 'Sum',
        },
      },
    ],
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('RunFailed does not claim that nothing was published, since a run that was killed may have committed', () => {
  expect(alarm('RunFailed').AlarmDescription).toMatch(
    /Nothing was published, unless the run was killed or its message says that something is or may be committed/,
  );
});

test.each([
  ['SnapshotRefused', METRICS.refused, 'Sum', 0],
  ['UsersDropped', METRICS.usersDroppedPercent, 'Maximum', 10],
  ['AdministratorAdded', METRICS.administratorsAdded, 'Sum', 0],
  ['DaysMissing', METRICS.daysMissing, 'Sum', 0],
  ['DriftAppeared', METRICS.driftAppeared, 'Sum', 0],
  ['CheckFailed', METRICS.checkFailed, 'Sum', 0],
  ['CommitUnsigned', METRICS.commitUnsigned, 'Sum', 0],
])('%s fires when the metric %s has a %s above %d', (name, MetricName, Statistic, Threshold) => {
  expect(alarm(name, signing)).toMatchObject({
    Namespace: METRICS_NAMESPACE,
    MetricName,
    Dimensions: DIMENSIONS,
    Statistic,
    Threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('NearlyOutOfTime fires for a run that took more than 80 % of its time, and for a verification that did not finish', () => {
  expect(alarm('NearlyOutOfTime')).toMatchObject({
    Metrics: [
      { Expression: 'MAX([FILL(used, 0), FILL(unfinished, 0) * 100])' },
      count('used', METRICS.durationUsedPercent, 'Maximum'),
      count('unfinished', METRICS.verificationUnfinished),
    ],
    Threshold: 80,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('StoreDamaged fires for any damage, and stays in ALARM until a verification finds none, five minutes later or more', () => {
  expect(alarm('StoreDamaged')).toMatchObject({
    Namespace: METRICS_NAMESPACE,
    MetricName: METRICS.storeDamaged,
    Statistic: 'Maximum',
    Period: 300,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'ignore',
  });
});

test('TokenOld fires once at maxTokenAgeDays, and returns to OK when a newer token was read, five minutes later or more', () => {
  for (const [context, Threshold] of [[{}, 90] as const, [{ maxTokenAgeDays: '30' }, 30] as const])
    expect(alarm('TokenOld', templateOf(context))).toMatchObject({
      Namespace: METRICS_NAMESPACE,
      MetricName: METRICS.tokenAgeDays,
      Statistic: 'Maximum',
      Period: 300,
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
});

test('no alarm about a check, a verification or an event that was not delivered claims that a snapshot is missing', () => {
  for (const name of ['ScheduleUndelivered', 'EventsDropped'])
    expect(alarm(name).AlarmDescription).toMatch(/If today's snapshot is missing, invoke the function/);
  expect(alarm('RunFailed').AlarmDescription).toMatch(/A check or a verification that could not finish counts, too/);
  expect(alarm('StoreDamaged').AlarmDescription).toMatch(/Change, restore and delete nothing yet/);
});

test('ScheduleUndelivered fires as long as an undelivered event is in the queue', () => {
  expect(alarm('ScheduleUndelivered')).toMatchObject({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching('Undelivered'), 'QueueName'] } }],
    Statistic: 'Maximum',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
});

test('DaysMissing fires when days before a published snapshot have none', () => {
  const { MetricName, Threshold, AlarmDescription } = alarm('DaysMissing');
  expect(AlarmDescription).toMatch(/one or more days before it have none\. Those days are lost/);
  shown(
    'C9',
    'a snapshot is published after days without one',
    `alarm DaysMissing: ${MetricName} above ${Threshold}`,
    'no alarm',
  );
});

test('EventsDropped fires as long as a dropped event is in its queue, and says why events are dropped', () => {
  const fired = alarm('EventsDropped');
  expect(fired).toMatchObject({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching('DroppedEvents'), 'QueueName'] } }],
    Statistic: 'Maximum',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  expect(fired.AlarmDescription).toMatch(
    /dropped an event without a run, because it was throttled or too old\. Failed runs are reported by RunFailed/,
  );
});

test('every alarm says what it means, and ends with its section in the runbook and the installation it watches', () => {
  for (const [id, { Properties }] of Object.entries(signing.findResources(ALARM))) {
    const [, name = ''] = /Alarms([A-Za-z]+)[0-9A-F]{8}$/.exec(id) ?? [];
    const end = ` Runbook: docs/operate.md#${name.toLowerCase()}. Instance: ${INSTANCE}.`;
    expect(Properties.AlarmDescription.endsWith(end), Properties.AlarmDescription).toBe(true);
    expect(Properties.AlarmDescription.length).toBeGreaterThan(end.length + 100);
  }
});

test('every description fits in the 1024 characters that CloudWatch allows, with the longest instance', () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', { instance: 'i'.repeat(64), sign: true });
  });
  for (const { AlarmDescription } of propertiesOf(template, ALARM))
    expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
});

test('every alarm is sent to the topic, to which CloudWatch may publish, and whose key it may use', () => {
  const template = templateOf();
  const [[topic, { Properties }] = ['', { Properties: {} }]] = Object.entries(
    template.findResources('AWS::SNS::Topic'),
  );
  for (const { AlarmActions } of propertiesOf(template, ALARM)) expect(AlarmActions).toEqual([{ Ref: topic }]);
  const inAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const cloudWatch = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: inAccount };

  const policies = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
  expect(policies.map((policy) => policy['Properties'].Topics)).toEqual([[{ Ref: topic }]]);
  expect(policies[0]?.['Properties'].PolicyDocument.Statement).toEqual([
    {
      Sid: 'AllowPublishThroughSSLOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: { Ref: topic },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    { Sid: 'AlarmsPublish', ...cloudWatch, Action: 'sns:Publish', Resource: { Ref: topic } },
  ]);

  const [keyId] = Properties.KmsMasterKeyId['Fn::GetAtt'];
  const key = template.findResources('AWS::KMS::Key')[keyId] ?? {};
  const [owner, ...others] = key['Properties'].KeyPolicy.Statement;
  expect(JSON.stringify(owner.Principal)).toContain(':root');
  expect(others).toEqual([
    { Sid: 'AlarmsEncrypt', ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
  ]);
});

/** What CloudWatch may do with the topics and keys of a template, as `type action`. */
const allowedToCloudWatch = (template: Template): string[] =>
  [...propertiesOf(template, 'AWS::SNS::TopicPolicy'), ...propertiesOf(template, 'AWS::KMS::Key')].flatMap((one) => {
    const { Statement } = POLICY.parse(one.PolicyDocument ?? one.KeyPolicy);
    const granting = Statement.filter(({ Effect, Principal }) => Effect === 'Allow' && isCloudWatch(Principal));
    return granting.flatMap(({ Action }) => Action);
  });
const POLICY = z.object({
  Statement: z.array(
    z.object({ Effect: z.string(), Principal: z.unknown(), Action: z.union([z.string(), z.array(z.string())]) }),
  ),
});
const isCloudWatch = (principal: unknown) => JSON.stringify(principal) === '{"Service":"cloudwatch.amazonaws.com"}';

const ENCRYPTS = ['kms:Decrypt', 'kms:GenerateDataKey*'];
const TOPICS: [string, (stack: Stack) => ITopic, string[], string | undefined][] = [
  ['no policy and no key', (stack) => new Topic(stack, 'Ours'), [], undefined],
  ['its own key', (stack) => new Topic(stack, 'Ours', { masterKey: new Key(stack, 'K') }), ENCRYPTS, 'nothing'],
  [
    "an alias of the app's key",
    (stack) =>
      new Topic(stack, 'Ours', {
        masterKey: new Alias(stack, 'A', { aliasName: 'ours', targetKey: new Key(stack, 'K') }),
      }),
    ENCRYPTS,
    'nothing',
  ],
  ['enforceSSL', (stack) => new Topic(stack, 'Ours', { enforceSSL: true }), ['sns:Publish'], 'nothing'],
  [
    'enforceSSL and its own key',
    (stack) => new Topic(stack, 'Ours', { enforceSSL: true, masterKey: new Key(stack, 'K') }),
    ['sns:Publish', ...ENCRYPTS],
    'nothing',
  ],
  [
    'a separate policy resource',
    (stack) => {
      const topic = new Topic(stack, 'Ours');
      new TopicPolicy(stack, 'Policy', { topics: [topic] }).document.addStatements(denyInsecure(topic));
      return topic;
    },
    ['sns:Publish'],
    'nothing',
  ],
  [
    "a policy in the app, although the topic isn't created by it",
    (stack) => {
      const topic = Topic.fromTopicArn(stack, 'Ours', 'arn:aws:sns:eu-central-1:111111111111:alarms');
      new TopicPolicy(stack, 'Policy', { topics: [topic] }).document.addStatements(denyInsecure(topic));
      return topic;
    },
    ['sns:Publish'],
    'nothing',
  ],
];

test.each(TOPICS)('alarms arrive at a topic with %s', (name, topicIn, expected, before) => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', { alarmTopic: topicIn(stack) });
  });
  expect(allowedToCloudWatch(template)).toEqual(expected);
  const allowed =
    expected.length > 0 ? `CloudWatch is allowed ${expected.join(', ')}` : "SNS's default policy allows it";
  shown('C31', `alarmTopic with ${name}`, allowed, before && `CloudWatch was allowed ${before}, and no alarm arrived`);
});

test.each(TOPICS)('notifyOn lets one alarm arrive at another topic with %s', (name, topicIn, expected, before) => {
  const template = templateWith((stack) => {
    const snapshots = new UserSnapshots(stack, 'Users', { alarmTopic: new Topic(stack, 'Operators') });
    snapshots.notifyOn('NoSnapshot', topicIn(stack));
  });
  expect(allowedToCloudWatch(template)).toEqual(expected);
  const notified = propertiesOf(template, ALARM).filter(({ AlarmActions }) => AlarmActions.length === 2);
  expect(notified.map(({ AlarmDescription }) => /#(\w+)\./.exec(AlarmDescription)?.[1])).toEqual(['nosnapshot']);
  const allowed =
    expected.length > 0 ? `CloudWatch is allowed ${expected.join(', ')}` : "SNS's default policy allows it";
  shown('C31', `notifyOn a topic with ${name}`, allowed, before && `CloudWatch was allowed ${before}`);
});

test('alarms arrive at a topic that two installations share and that gets its policy after them', () => {
  const template = templateWith((stack) => {
    const topic = new Topic(stack, 'Ours');
    new UserSnapshots(stack, 'One', { alarmTopic: topic, prefix: 'one' });
    new UserSnapshots(stack, 'Two', { alarmTopic: topic, prefix: 'two', athenaDatabase: 'two' });
    topic.addToResourcePolicy(denyInsecure(topic));
  });
  expect(allowedToCloudWatch(template)).toEqual(['sns:Publish']);
});

const denyInsecure = ({ topicArn }: ITopic) =>
  new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sns:Publish'],
    resources: [topicArn],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });

test('alarmEmail is subscribed to the topic, and without it no one is', () => {
  const [topic] = Object.keys(templateOf().findResources('AWS::SNS::Topic'));
  templateOf({ alarmEmail: 'security@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'security@example.com',
    TopicArn: { Ref: topic },
  });
  templateOf().resourceCountIs('AWS::SNS::Subscription', 0);
});

test("alarms can be sent to the company's own topic", () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', { alarmTopic: new Topic(stack, 'Ours') });
  });
  template.resourceCountIs('AWS::SNS::Topic', 1);
  template.resourceCountIs('AWS::KMS::Key', 0);
  for (const { AlarmActions } of propertiesOf(template, ALARM))
    expect(AlarmActions).toEqual([{ Ref: expect.stringMatching('^Ours') }]);
});
