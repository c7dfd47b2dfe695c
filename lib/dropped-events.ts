import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IDestination, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Access } from './access.ts';
import { accept } from './nag.ts';

/** Long enough to look at the events, short enough that the alarm returns to OK by itself. */
const KEPT = Duration.days(1);
/** As Lambda names the events of runs that failed, which have an alarm of their own. */
const FAILED = 'RetriesExhausted';

/**
 * Keeps the events that Lambda queued for a function and dropped without a run: throttled, or too old. Lambda reports every event that
 * it gives up to the default event bus, and a rule leaves out those of failed runs, so that no failure is reported twice.
 */
export class DroppedEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { function: lambda }: { readonly function: IFunction }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: KEPT,
    });
    const reason = 'It is a dead-letter queue itself, read by people, and an alarm fires while something is in it.';
    for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy']) accept(this.queue, id, reason);
    const rule = new Rule(this, 'Rule', {
      description: 'Events for snapshots of the users of Anodot that Lambda dropped without a run',
      eventPattern: {
        source: ['lambda'],
        detailType: ['Lambda Function Invocation Result - Failure'],
        detail: {
          requestContext: {
            functionArn: Match.prefix(lambda.functionArn),
            condition: Match.anythingBut(FAILED),
          },
          // Of an event whose run failed and whose retry then waited until it was too old, only the failure of the run says so.
          responseContext: { functionError: Match.doesNotExist() },
        },
      },
      targets: [new SqsQueue(this.queue)],
    });
    accept(rule, 'Serverless-EventBusDLQ', 'Its target is a dead-letter queue itself, in the same account and region.');
  }
}

/** Where Lambda reports the events that it gives up: the account's default event bus. */
export const dropDestination = (scope: Construct): IDestination => ({
  bind: () => ({ destination: defaultBusArn(scope) }),
});

/** What a function's role needs so that Lambda can report the events it drops. */
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
