import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { newEmptyApp, propertiesOf } from '../../support/cdk/synthesis.ts';

function newUsers() {
  const stack = new Stack(newEmptyApp(), 'company');
  return { stack, users: new UserSnapshots(stack, 'Users') };
}

/** The alarm of a template whose runbook is the section with this name. */
const alarmOf = (stack: Stack, name: string) =>
  propertiesOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').filter(({ AlarmDescription }) =>
    AlarmDescription.includes(`#${name.toLowerCase()}.`),
  );

test('the construct has each of its thirteen alarms by the name of its construct', () => {
  const { alarms } = newUsers().users;
  expect(Object.keys(alarms)).toEqual([
    'NoSnapshot',
    'RunFailed',
    'SnapshotRefused',
    'NearlyOutOfTime',
    'ScheduleUndelivered',
    'EventsDropped',
    'DaysMissing',
    'DriftAppeared',
    'UsersDropped',
    'AdministratorAdded',
    'StoreDamaged',
    'CheckFailed',
    'TokenOld',
  ]);
  for (const [name, alarm] of Object.entries(alarms)) expect(alarm.node.id).toBe(name);
});

test('an alarm that the installation does not need is undefined, and notifyOn says which prop creates it', () => {
  const stack = new Stack(newEmptyApp(), 'company');
  const users = new UserSnapshots(stack, 'Users', { sign: true, maxTokenAgeDays: 0 });
  expect(users.alarms.CommitUnsigned?.node.id).toBe('CommitUnsigned');
  expect(users.alarms.TokenOld).toBeUndefined();
  const topic = new Topic(stack, 'Security');
  expect(() => users.notifyOn('TokenOld', topic)).toThrow(
    new Error('there is no alarm TokenOld: maxTokenAgeDays is 0'),
  );
  users.notifyOn('CommitUnsigned', topic);
  expect(() => newUsers().users.notifyOn('CommitUnsigned', topic)).toThrow(
    new Error('there is no alarm CommitUnsigned: commits are not signed. Set sign to true'),
  );
});

test('an app can add an action to one alarm, once, and the alarm keeps the one that it has', () => {
  const { stack, users } = newUsers();
  const pager = new Topic(stack, 'Pager');
  users.alarms.AdministratorAdded.addAlarmAction(new SnsAction(pager));
  const own = { Ref: expect.stringMatching('^UsersAlarmTopic') };
  const added = { Ref: expect.stringMatching('^Pager') };
  expect(alarmOf(stack, 'AdministratorAdded')).toMatchObject([{ AlarmActions: [own, added] }]);
  expect(alarmOf(stack, 'NoSnapshot')).toMatchObject([{ AlarmActions: [own] }]);
});

test('notifyOn adds a topic to one alarm, which keeps the one that it has', () => {
  const { stack, users } = newUsers();
  const security = new Topic(stack, 'Security');
  for (const topic of [security, security, users.alarmTopic]) users.notifyOn('AdministratorAdded', topic); // each only once
  const own = { Ref: expect.stringMatching('^UsersAlarmTopic') };
  const added = { Ref: expect.stringMatching('^Security') };
  expect(alarmOf(stack, 'AdministratorAdded')).toMatchObject([{ AlarmActions: [own, added] }]);
  expect(alarmOf(stack, 'NoSnapshot')).toMatchObject([{ AlarmActions: [own] }]);
});

test('notifyOn refuses an alarm that does not exist, and a topic at which no alarm would arrive', () => {
  const { stack, users } = newUsers();
  const topic = new Topic(stack, 'Security');
  expect(() => Reflect.apply(users.notifyOn, users, ['NoSnapshots', topic])).toThrow(
    new Error('unknown alarm NoSnapshots. Did you mean NoSnapshot?'),
  );
  expect(() => Reflect.apply(users.notifyOn, users, ['toString', topic])).toThrow(
    'unknown alarm toString. The alarms are',
  );
  expect(() => users.notifyOn('NoSnapshot', new Topic(stack, 'Ordered', { fifo: true }))).toThrow(
    'the alarm NoSnapshot would not arrive at the topic company/Ordered: it is a FIFO topic',
  );
});

test('an app can change the threshold of one alarm through its L1 construct, and the description stays true', () => {
  const { stack, users } = newUsers();
  const { defaultChild } = users.alarms.UsersDropped.node;
  if (defaultChild instanceof CfnAlarm) defaultChild.threshold = 25;
  const [changed, ...others] = alarmOf(stack, 'UsersDropped');
  expect(others).toEqual([]);
  expect(changed.Threshold).toBe(25);
  expect(changed.AlarmDescription).not.toMatch(/\d+ ?%/);
});
