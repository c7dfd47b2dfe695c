import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { allowAlarms, ENCRYPT, PUBLISH } from './alarm-permission.ts';
import { accept } from './nag.ts';

/**
 * An encrypted topic to which CloudWatch's alarms can publish. Both the topic and its key must allow that. The AWS managed key for SNS
 * doesn't, so the topic has a key of its own.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  /** @param email address to notify, once its owner has confirmed the subscription */
  constructor(scope: Construct, id: string, { email }: { readonly email: string | undefined }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: this.#key(), enforceSSL: true });
    this.topic.addToResourcePolicy(allowAlarms(this, PUBLISH, this.topic.topicArn, 'AlarmsPublish'));
    if (email === undefined) return;
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    accept(
      subscription,
      'Serverless-SNSRedrivePolicy',
      'E-mail that is not delivered would be lost anyway. CloudWatch shows the state of each alarm.',
    );
  }

  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts alarms about snapshots of Anodot users',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(allowAlarms(this, ENCRYPT, '*', 'AlarmsEncrypt'));
    return key;
  }
}
