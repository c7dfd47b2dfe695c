import { expect, test } from 'vitest';
import { propertiesOf, templateOf } from '../../support/cdk/synthesis.ts';
import { shown } from '../../support/fault-table.ts';

const queueOf = (name: string) =>
  Object.entries(templateOf().findResources('AWS::SQS::Queue')).filter(([id]) => id.includes(name));

test('events that Lambda drops without a run are kept in their own queue for a day', () => {
  const [[id, queue] = [], ...others] = queueOf('DroppedEvents');
  expect(others).toEqual([]);
  expect(queue?.['Properties']).toMatchObject({ MessageRetentionPeriod: 86_400, SqsManagedSseEnabled: true });
  const [rule] = propertiesOf(templateOf(), 'AWS::Events::Rule');
  expect(rule.Targets).toEqual([{ Id: expect.any(String), Arn: { 'Fn::GetAtt': [id, 'Arn'] } }]);
  const [, policy] =
    Object.entries(templateOf().findResources('AWS::SQS::QueuePolicy')).find(([name]) => name.includes('Dropped')) ??
    [];
  expect(policy?.['Properties'].PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } }),
  );
  shown(
    'C9',
    'an event that Lambda throttles until it is too old',
    `in its own queue for ${queue?.['Properties'].MessageRetentionPeriod} s, alarm EventsDropped`,
    'dropped, and no one was notified',
  );
});

test('Lambda reports dropped events to the event bus, and the rule excludes failed runs, which RunFailed reports', () => {
  const [config] = propertiesOf(templateOf(), 'AWS::Lambda::EventInvokeConfig');
  expect(JSON.stringify(config.DestinationConfig.OnFailure.Destination)).toContain(':event-bus/default');
  const [{ EventPattern }] = propertiesOf(templateOf(), 'AWS::Events::Rule');
  expect(EventPattern).toEqual({
    source: ['lambda'],
    'detail-type': ['Lambda Function Invocation Result - Failure'],
    detail: {
      requestContext: {
        functionArn: [{ prefix: { 'Fn::GetAtt': [expect.stringMatching('TakeSnapshotFunction'), 'Arn'] } }],
        condition: [{ 'anything-but': ['RetriesExhausted'] }],
      },
      responseContext: { functionError: [{ exists: false }] },
    },
  });
  shown(
    'C9',
    'an event whose run fails twice',
    'RunFailed alone fires: the rule of the dropped events excludes RetriesExhausted',
  );
  shown(
    'C9',
    'an event whose run fails, and whose retry then waits until it is too old',
    'RunFailed alone fires: the rule of the dropped events excludes every event with responseContext.functionError',
    'EventsDropped fired too, and said that no run had failed',
  );
});
