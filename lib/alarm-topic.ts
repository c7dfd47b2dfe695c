import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { allowAlarms, ENCRYPT, PUBLISH } from './alarm-permission.ts';
import { accept } from './nag.ts';

/**
 * An encrypted topic to which CloudWatch's alarms can actually publish: both the topic and its key must allow it. AWS's own key for
 * topics doesn't, so the topic has a key of its own.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  /** @param email who is notified, once they have confirmed AWS's e-mail; undefined for no one */
  constructor(scope: Construct, id: string, { email }: { readonly email: string | undefined }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: this.#key(), enforceSSL: true });
    this.topic.addToResourcePolicy(allowAlarms(this, PUBLISH, this.topic.topicArn, 'AlarmsPublish'));
    if (email === undefined) return;
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    accept(
      subscription,
      'Serverless-SNSRedrivePolicy',
      'Mail that is not delivered is lost either way; the state of each alarm can be seen in CloudWatch.',
    );
  }

  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarms of the snapshots of the users of Anodot',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(allowAlarms(this, ENCRYPT, '*', 'AlarmsEncrypt'));
    return key;
  }
}
