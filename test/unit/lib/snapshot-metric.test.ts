import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { expect, test } from 'vitest';
import { METRICS, METRICS_NAMESPACE } from '../../../functions/snapshot/metrics.ts';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { newEmptyApp } from '../../support/cdk/synthesis.ts';

const { changes, ...others } = METRICS;
const NAMES = [...Object.values(others), ...Object.values(changes)];
const LEVELS: readonly string[] = [
  'Users',
  'UsersDroppedPercent',
  'DurationUsedPercent',
  'TokenAgeDays',
  'StoreDamaged',
  'DaysVerified',
];

function newUsers() {
  const stack = new Stack(newEmptyApp(), 'company');
  return { stack, users: new UserSnapshots(stack, 'Users', { instance: 'production' }) };
}

test('every metric that the function writes can be read by its name, for one installation', () => {
  const { users } = newUsers();
  expect(NAMES).toHaveLength(30);
  for (const name of NAMES)
    expect(users.metric(name)).toMatchObject({
      namespace: METRICS_NAMESPACE,
      metricName: name,
      dimensions: { instance: 'production' },
      statistic: LEVELS.includes(name) ? Stats.MAXIMUM : Stats.SUM,
      period: Duration.hours(1),
    });
});

test('statistic, period and label of a metric can be chosen, but neither its namespace nor its instance', () => {
  const chosen = { statistic: Stats.MINIMUM, period: Duration.days(1), label: 'users' };
  const given = { ...chosen, namespace: 'Other', dimensionsMap: { instance: 'other' } };
  expect(newUsers().users.metric('Users', given)).toMatchObject({
    ...chosen,
    namespace: METRICS_NAMESPACE,
    dimensions: { instance: 'production' },
  });
});

test('a metric that does not exist is an error, since an alarm on it would never fire', () => {
  const { users } = newUsers();
  const metric = (name: string) => Reflect.apply(users.metric, users, [name]);
  expect(() => metric('ChangesJoin')).toThrow(new Error('unknown metric ChangesJoin. Did you mean ChangesJoined?'));
  expect(() => metric('zqxj\n')).toThrow(
    /^unknown metric "zqxj\\n"\. The metrics are SnapshotPublished, .*, ChangesNameChanged$/,
  );
});

test('an app can make an alarm on a metric', () => {
  const { stack, users } = newUsers();
  new Alarm(stack, 'ManyJoined', { metric: users.metric('ChangesJoined'), threshold: 50, evaluationPeriods: 1 });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: METRICS_NAMESPACE,
    MetricName: 'ChangesJoined',
    Dimensions: [{ Name: 'instance', Value: 'production' }],
    Statistic: 'Sum',
    Period: 3600,
    Threshold: 50,
  });
});
