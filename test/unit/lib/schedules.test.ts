import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent } from '../../../functions/take-snapshot/event.ts';
import { deliveryFor, WINDOW_MINUTES } from '../../../lib/delivery.ts';
import { timesAround } from '../../../lib/schedule-times.ts';
import { propertiesOf, templateOf } from '../../support/cdk/synthesis.ts';

const SCHEDULE = 'AWS::Scheduler::Schedule';

/** The schedules of a template, by the name of the event that they send. */
function schedulesOf(context = {}) {
  const all = propertiesOf(templateOf(context), SCHEDULE);
  const sending = (name: string) => all.find(({ Target }) => Object.keys(JSON.parse(Target.Input)).includes(name));
  expect(all).toHaveLength(3);
  return { run: sending('trigger'), check: sending('check'), verify: sending('verify') };
}
const cronsOf = (context = {}) => Object.values(schedulesOf(context)).map((one) => one.ScheduleExpression);

test('the function is invoked once a day for a run, three hours earlier for a check, and on Sundays, 12 hours later, for a verification', () => {
  expect(cronsOf()).toEqual(['cron(15 2 * * ? *)', 'cron(15 23 * * ? *)', 'cron(15 14 ? * SUN *)']);
});

test.each([
  ['run', 4],
  ['check', 2],
  ['verify', 4],
] as const)(
  'the event "%s" is sent in UTC, within 15 minutes, and retried for %d hours, with a dead-letter queue',
  (name, hours) => {
    expect(schedulesOf()[name]).toMatchObject({
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        Arn: { 'Fn::GetAtt': [expect.stringMatching('TakeSnapshotFunction'), 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching('ScheduleRole'), 'Arn'] },
        RetryPolicy: { MaximumEventAgeInSeconds: hours * 3600, MaximumRetryAttempts: 60 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching('Undelivered'), 'Arn'] } },
      },
    });
  },
);

test.each([
  ['23:05', ['cron(5 23 * * ? *)', 'cron(5 20 * * ? *)', 'cron(5 11 ? * SUN *)']],
  ['00:00', ['cron(0 0 * * ? *)', 'cron(0 21 * * ? *)', 'cron(0 12 ? * SUN *)']],
  ['11:59', ['cron(59 11 * * ? *)', 'cron(59 8 * * ? *)', 'cron(59 23 ? * SUN *)']],
])('dailyAtUtc %s sets the time of all three', (dailyAtUtc, crons) => {
  expect(cronsOf({ dailyAtUtc })).toEqual(crons);
});

test('at every time that dailyAtUtc allows, no check or verification is sent while a run is or can still be delivered', () => {
  fc.assert(
    fc.property(fc.nat(23 * 60 + 15), (due) => {
      const time = `${String(Math.floor(due / 60)).padStart(2, '0')}:${String(due % 60).padStart(2, '0')}`;
      const { schedulerAge, lambdaAge } = deliveryFor(time);
      const runs = WINDOW_MINUTES + schedulerAge.toMinutes() + lambdaAge.toMinutes();
      const after = (cron: string) => (minutesIn(cron) - due + 2 * DAY) % DAY;
      const { check, verify } = timesAround(time);
      return [check, verify].every(
        ({ cron, retryMinutes }) => after(cron) > runs && after(cron) + WINDOW_MINUTES + retryMinutes < DAY,
      );
    }),
    { numRuns: 1000 },
  );
});

const DAY = 24 * 60;
const minutesIn = (cron: string): number => {
  const [, minute, hour] = /^cron\((\d+) (\d+) /.exec(cron) ?? [];
  return Number(hour) * 60 + Number(minute);
};

test('the schedules send events that the function accepts, the run with the time when it was due', () => {
  const eventOf = ({ Target }: { readonly Target: { readonly Input: string } }, due: string) =>
    JSON.parse(Target.Input.replace('<aws.scheduler.scheduled-time>', due));
  const due = '2026-11-23T02:15:00Z';
  const { run, check, verify } = schedulesOf();
  expect(parseEvent(eventOf(run, due))).toEqual({ trigger: 'schedule', scheduled_at: due });
  expect(parseEvent(eventOf(check, due))).toEqual({ check: true });
  expect(parseEvent(eventOf(verify, due))).toEqual({ verify: true });
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
