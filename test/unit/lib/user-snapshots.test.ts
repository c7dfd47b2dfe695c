import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { newEmptyApp, propertiesOf, templateOf, templateWith } from '../../support/cdk/synthesis.ts';

const NAME = /^(?:Bucket|Function|Role|Queue|Topic|Alarm|LogGroup|Schedule)?Name$/;

test('two installations in one stack each have their own bucket, secret, function, schedules, alarms and metrics', () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Production');
    new UserSnapshots(stack, 'Staging', { athenaDatabase: 'other_users' });
  });
  for (const type of ['AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Lambda::Function'])
    template.resourceCountIs(type, 2);
  template.resourceCountIs('AWS::Scheduler::Schedule', 6);
  const instances = propertiesOf(template, 'AWS::Lambda::Function').map(
    ({ Environment }) => Environment.Variables.SNAPSHOT_INSTANCE,
  );
  expect(new Set(instances).size).toBe(2);
  const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => JSON.stringify(alarm));
  expect(alarms).toHaveLength(26);
  for (const instance of instances) expect(alarms.filter((alarm) => alarm.includes(instance))).toHaveLength(13);
});

test('without Athena nothing has a physical name, so two deployments never collide', () => {
  const template = templateWith((stack) => {
    new UserSnapshots(stack, 'Users', { athena: false });
  });
  const named = Object.values(template.toJSON()['Resources']).filter((resource) => {
    const properties: object = JSON.parse(JSON.stringify(resource)).Properties ?? {};
    return Object.entries(properties).some(([key, value]) => NAME.test(key) && typeof value === 'string');
  });
  expect(named).toEqual([]);
});

test('the construct exposes what it created', () => {
  const stack = new Stack(newEmptyApp(), 'company');
  const users = new UserSnapshots(stack, 'Users', { prefix: 'access', instance: 'production' });
  expect(users).toMatchObject({ prefix: 'access', instance: 'production', encryptionKey: undefined });
  const names = [
    users.bucket.bucketArn,
    users.function.functionArn,
    users.alarmTopic.topicArn,
    users.tokenSecret.secretArn,
  ];
  const ids = names.map((name) => JSON.stringify(stack.resolve(name)));
  expect(ids).toEqual(['Bucket', 'Function', 'Topic', 'Secret'].map((name) => expect.stringContaining(name)));
});

/** The days that the table of users covers, and its location. */
function usersTable(template: Template) {
  const tables = propertiesOf(template, 'AWS::Glue::Table').map(({ TableInput }) => TableInput);
  const [users] = tables.filter(({ Name }) => Name === 'users');
  return { range: users.Parameters['projection.dt.range'], location: users.StorageDescriptor.Location };
}
const countOf = (template: Template, type: string) => propertiesOf(template, type).length;

test('there is no API, nor anything that belongs to one, unless api=iam', () => {
  for (const api of ['', 'off']) {
    const template = templateOf({ api });
    for (const type of ['Api', 'Route', 'Stage', 'Integration'])
      template.resourceCountIs(`AWS::ApiGatewayV2::${type}`, 0);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
    expect(template.toJSON()['Outputs']).not.toHaveProperty('ApiUrl');
  }
});

test('with api=iam every route is authorized by IAM, and both functions have the same store and instance', () => {
  const template = templateOf({ api: 'iam', prefix: 'access' });
  const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route');
  expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual([
    ['GET /runs/{run_id}', 'AWS_IAM'],
    ['POST /snapshots', 'AWS_IAM'],
  ]);
  const variables = propertiesOf(template, 'AWS::Lambda::Function').map(({ Environment }) => Environment.Variables);
  const [stores, instances] = ['SNAPSHOT_STORE', 'SNAPSHOT_INSTANCE'].map(
    (name) => new Set(variables.map((one) => JSON.stringify(one[name]))),
  );
  expect([variables.length, stores?.size, instances?.size]).toEqual([2, 1, 1]);
  expect(template.toJSON()['Outputs']).toHaveProperty('ApiUrl');
});

test('tables, views, workgroup and saved queries exist unless athena=false', () => {
  const types = ['AWS::Glue::Database', 'AWS::Glue::Table', 'AWS::Athena::WorkGroup', 'AWS::Athena::NamedQuery'];
  expect(types.map((type) => countOf(templateOf(), type))).toEqual([1, 15, 1, 9]);
  const without = templateOf({ athena: 'false' });
  expect(types.map((type) => countOf(without, type))).toEqual([0, 0, 0, 0]);
  expect(without.toJSON()['Outputs']).not.toHaveProperty('AthenaWorkgroup');
});

test('athenaDatabase names the database and the workgroup', () => {
  const template = templateOf({ athenaDatabase: 'access' });
  template.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'access' } });
  template.hasResourceProperties('AWS::Athena::WorkGroup', { Name: 'access' });
  templateOf().hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'anodot_users' } });
});

test.each([
  [{}, 400],
  [{ retentionDays: '800' }, 800],
  [{ athenaDays: '30' }, 30],
  [{ bucketName: 'company', athenaDays: '800' }, 800],
])('the tables cover the days for which users are kept, unless athenaDays is set: %j', (context, days) => {
  expect(usersTable(templateOf(context)).range).toBe(`NOW-${days}DAYS,NOW`);
});

test('the tables read the folder to which the function writes', () => {
  const context = { bucketName: 'company', prefix: 'access/prod' };
  expect(usersTable(templateOf(context)).location).toBe('s3://company/access/prod/users/json/');
});
