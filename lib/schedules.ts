import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deliveryFor, minutesOf, WINDOW_MINUTES } from './delivery.ts';
import { accept } from './nag.ts';
import { cronAt, type ScheduleTime, timesAround } from './schedule-times.ts';

export interface SchedulesProps {
  readonly function: IFunction;
  /** Time of the daily run in UTC, such as `02:15`. A local time would be skipped or repeated when clocks change. */
  readonly dailyAtUtc: string;
}

interface Scheduled extends ScheduleTime {
  readonly description: string;
  /** The event that the function receives. */
  readonly input: string;
}

/**
 * Invokes the function once a day for a run, a few hours earlier for a check, and once a week for a verification. An event that can't be
 * delivered is kept for two weeks.
 */
export class Schedules extends Construct {
  /** Events that Scheduler could not deliver. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { function: lambda, dailyAtUtc }: SchedulesProps) {
    super(scope, id);
    this.undelivered = this.#queue();
    const { functionArn } = lambda;
    const { roleArn } = this.#role(lambda);
    const { check, verify } = timesAround(dailyAtUtc);
    const target = { arn: functionArn, roleArn };
    this.#schedule('Schedule', target, {
      description: 'Takes a snapshot of Anodot users every day',
      input: '{"trigger":"schedule","scheduled_at":"<aws.scheduler.scheduled-time>"}',
      cron: cronAt(minutesOf(dailyAtUtc), '* * ?'),
      retryMinutes: deliveryFor(dailyAtUtc).schedulerAge.toMinutes(),
    });
    this.#schedule('Check', target, {
      description: 'Checks every day, before the run, whether a snapshot of Anodot users can be taken',
      input: '{"check":true}',
      ...check,
    });
    this.#schedule('Verification', target, {
      description: 'Verifies the snapshots of Anodot users every week',
      input: '{"verify":true}',
      ...verify,
    });
  }

  #schedule(
    id: string,
    target: { readonly arn: string; readonly roleArn: string },
    { description, input, cron, retryMinutes }: Scheduled,
  ): void {
    new CfnSchedule(this, id, {
      description,
      scheduleExpression: cron,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: WINDOW_MINUTES },
      target: {
        ...target,
        input,
        // This retries delivery only. Once the event is delivered, Lambda retries failed runs.
        retryPolicy: { maximumEventAgeInSeconds: retryMinutes * 60, maximumRetryAttempts: 60 },
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
      description: 'Permissions of the schedules',
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
