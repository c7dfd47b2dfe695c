import { AspectPriority, Aspects, Stack, Stage } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicPolicy, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

/** What CloudWatch needs to deliver an alarm: permission to publish to the topic, and to use the key that encrypts it. */
export const PUBLISH = ['sns:Publish'] as const;
export const ENCRYPT = ['kms:Decrypt', 'kms:GenerateDataKey*'] as const;

/** Allows CloudWatch these actions for the alarms of this account. */
export const allowAlarms = (scope: IConstruct, actions: readonly string[], resource: string, sid?: string) =>
  new PolicyStatement({
    ...(sid !== undefined && { sid }),
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: [...actions],
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });

/**
 * Allows the alarms of an installation to reach a topic that was passed in, if the app creates the topic's policies. `SnsAction` doesn't
 * do that. A topic without a policy allows the alarms of its account by default. A topic with a policy, such as that of `enforceSSL`,
 * doesn't. The policy may be added after this call, so the statement is added when the app is synthesized.
 */
export function allowAlarmsToReach(topic: ITopic, scope: IConstruct): void {
  topic.masterKey?.addToResourcePolicy(allowAlarms(scope, ENCRYPT, '*'), true);
  const visit = (node: IConstruct) => {
    if (node === scope)
      for (const policy of policiesOf(topic)) policy.addStatements(allowAlarms(scope, PUBLISH, topic.topicArn));
  };
  Aspects.of(scope).add({ visit }, { priority: AspectPriority.MUTATING });
}

/** Every policy of the topic that the app creates. */
const policiesOf = (topic: ITopic): PolicyDocument[] =>
  (Stage.of(topic)?.node.findAll() ?? []).flatMap((node) =>
    CfnTopicPolicy.isCfnTopicPolicy(node) &&
    node.topics.includes(topic.topicArn) &&
    node.policyDocument instanceof PolicyDocument
      ? [node.policyDocument]
      : [],
  );
