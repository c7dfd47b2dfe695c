import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { accept } from './nag.ts';

/**
 * An encrypted topic to which CloudWatch's alarms can in fact publish: the topic must say so, and its key as well. AWS's own key
 * for topics doesn't, so this has a key of its own.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  /** @param email who is told; AWS asks them first whether they want to be */
  constructor(scope: Construct, id: string, { email }: { readonly email: string | undefined }) {
    super(scope, id);
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarms of the snapshots of the users of Anodot',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsEncrypt',
        principals: [alarms],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [alarms],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
    if (email === undefined) return;
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    accept(
      subscription,
      'Serverless-SNSRedrivePolicy',
      'Mail that is not delivered is lost either way; the state of each alarm can be seen in CloudWatch.',
    );
  }
}
