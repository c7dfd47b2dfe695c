import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { accept } from './nag.ts';

export interface DailyScheduleProps {
  readonly function: IFunction;
  /** Time of day in UTC, `02:15`: a local time would skip a day each spring. */
  readonly dailyAtUtc: string;
}

/** Minutes within which AWS begins, so that it needn't at once. They don't pass midnight: the options see to it. */
const WINDOW_MINUTES = 15;

/** Invokes the function once a day, and keeps for two weeks what could not be delivered. */
export class DailySchedule extends Construct {
  /** Events that Scheduler could not deliver. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { function: lambda, dailyAtUtc }: DailyScheduleProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
      accept(
        this.undelivered,
        id,
        'It is a dead-letter queue itself, read by people, and an alarm rings when something lies in it.',
      );
    const role = new Role(this, 'Role', {
      description: 'What the daily schedule may do',
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
    const [hour = '', minute = ''] = dailyAtUtc.split(':');
    new CfnSchedule(this, 'Schedule', {
      description: 'A snapshot of the users of Anodot, every day',
      scheduleExpression: `cron(${Number(minute)} ${Number(hour)} * * ? *)`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: WINDOW_MINUTES },
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        input: '{"trigger":"schedule","scheduled_at":"<aws.scheduler.scheduled-time>"}',
        // The function's own retry begins where delivery ends.
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(4).toSeconds(), maximumRetryAttempts: 60 },
        deadLetterConfig: { arn: this.undelivered.queueArn },
      },
    });
  }
}
