import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { parseEvent } from '../../../functions/take-snapshot/event.ts';
import { templateOf } from '../../support/cdk/synthesis.ts';

const SCHEDULE = 'AWS::Scheduler::Schedule';

test('the schedule invokes the function once a day in UTC, within 15 minutes, with a dead-letter queue', () => {
  templateOf().hasResourceProperties(SCHEDULE, {
    ScheduleExpression: 'cron(15 2 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    Target: {
      Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('TakeSnapshotFunction'), 'Arn'] },
      RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ScheduleRole'), 'Arn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: 4 * 3600, MaximumRetryAttempts: 60 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Undelivered'), 'Arn'] } },
    },
  });
});

test('dailyAtUtc sets the time of the schedule', () => {
  const moved = { ScheduleExpression: 'cron(5 23 * * ? *)' };
  templateOf({ dailyAtUtc: '23:05' }).hasResourceProperties(SCHEDULE, moved);
});

test('the schedule sends an event that the function accepts, with the time when it was due', () => {
  const [schedule] = Object.values(templateOf().findResources(SCHEDULE));
  const input: string = schedule?.['Properties'].Target.Input;
  const due = '2026-11-23T02:15:00Z';
  const event = parseEvent(JSON.parse(input.replace('<aws.scheduler.scheduled-time>', due)));
  expect(event).toEqual({ trigger: 'schedule', scheduled_at: due });
});

test('the dead-letter queue is encrypted, keeps events for two weeks and requires TLS', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::SQS::Queue', {
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 86_400,
  });
  const policies = Object.entries(template.findResources('AWS::SQS::QueuePolicy'));
  const [, policy] = policies.find(([id]) => id.includes('Undelivered')) ?? [];
  expect(policy?.['Properties'].PolicyDocument.Statement).toEqual([
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: { 'Fn::GetAtt': [expect.stringMatching('Undelivered'), 'Arn'] },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
});
