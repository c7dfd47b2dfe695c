import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deliveryFor, WINDOW_MINUTES } from './delivery.ts';
import { accept } from './nag.ts';

export interface DailyScheduleProps {
  readonly function: IFunction;
  /** Time of day in UTC, such as `02:15`. A local time would be skipped or repeated when clocks change. */
  readonly dailyAtUtc: string;
}

/** Invokes the function once a day. An event that can't be delivered is kept for two weeks. */
export class DailySchedule extends Construct {
  /** Events that Scheduler could not deliver. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { function: lambda, dailyAtUtc }: DailyScheduleProps) {
    super(scope, id);
    this.undelivered = this.#queue();
    const role = this.#role(lambda);
    const [hour = '', minute = ''] = dailyAtUtc.split(':');
    new CfnSchedule(this, 'Schedule', {
      description: 'Takes a snapshot of Anodot users every day',
      scheduleExpression: `cron(${Number(minute)} ${Number(hour)} * * ? *)`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: WINDOW_MINUTES },
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        input: '{"trigger":"schedule","scheduled_at":"<aws.scheduler.scheduled-time>"}',
        // This retries delivery only. Once the event is delivered, Lambda retries failed runs.
        retryPolicy: {
          maximumEventAgeInSeconds: deliveryFor(dailyAtUtc).schedulerAge.toSeconds(),
          maximumRetryAttempts: 60,
        },
        deadLetterConfig: { arn: this.undelivered.queueArn },
      },
    });
  }

  #queue(): Queue {
    const queue = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
      accept(
        queue,
        id,
        'It is itself a dead-letter queue that people read, and an alarm fires while it contains a message.',
      );
    return queue;
  }

  #role(lambda: IFunction): Role {
    return new Role(this, 'Role', {
      description: 'Permissions of the daily schedule',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        Schedule: new PolicyDocument({
          minimize: false,
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.undelivered.queueArn] }),
          ],
        }),
      },
    });
  }
}
