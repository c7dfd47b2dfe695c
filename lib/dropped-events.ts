import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IDestination, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Access } from './access.ts';
import { accept } from './nag.ts';

/** Long enough to read the events, and short enough that the alarm soon returns to OK by itself. */
const KEPT = Duration.days(1);
/** Lambda's condition for events whose runs failed. They have their own alarm. */
const FAILED = 'RetriesExhausted';

/**
 * Keeps events that Lambda dropped without a run because they were throttled or too old. Lambda reports every dropped event to the default
 * event bus. A rule excludes those of failed runs, so that no failure is reported twice.
 */
export class DroppedEvents extends Construct {
  /** The dropped events. */
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { function: lambda }: { readonly function: IFunction }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: KEPT,
    });
    const reason = 'It is itself a dead-letter queue that people read, and an alarm fires while it contains a message.';
    for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy']) accept(this.queue, id, reason);
    const rule = new Rule(this, 'Rule', {
      description: 'Events for snapshots of Anodot users that Lambda dropped without a run',
      eventPattern: {
        source: ['lambda'],
        detailType: ['Lambda Function Invocation Result - Failure'],
        detail: {
          requestContext: {
            functionArn: Match.prefix(lambda.functionArn),
            condition: Match.anythingBut(FAILED),
          },
          // Excludes an event whose run failed, and whose retry then waited until it was too old.
          responseContext: { functionError: Match.doesNotExist() },
        },
      },
      targets: [new SqsQueue(this.queue)],
    });
    accept(rule, 'Serverless-EventBusDLQ', 'Its target is itself a dead-letter queue, in the same account and region.');
  }
}

/** The account's default event bus, to which Lambda reports dropped events. */
export const dropDestination = (scope: Construct): IDestination => ({
  bind: () => ({ destination: defaultBusArn(scope) }),
});

/** The permission with which Lambda reports a function's dropped events. */
export const dropAccess = (scope: Construct): Access => ({
  environment: {},
  statements: [
    new PolicyStatement({ sid: 'ReportDropped', actions: ['events:PutEvents'], resources: [defaultBusArn(scope)] }),
  ],
  keyStatements: [],
});

const defaultBusArn = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'events',
    resource: 'event-bus',
    resourceName: 'default',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
