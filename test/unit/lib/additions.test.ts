import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { templateOf } from '../../support/cdk/synthesis.ts';

/** How far back the table of users looks, and where. */
function usersTable(template: Template) {
  const tables = Object.values(template.findResources('AWS::Glue::Table')).map((one) => one['Properties'].TableInput);
  const [users] = tables.filter(({ Name }) => Name === 'users');
  return { range: users.Parameters['projection.dt.range'], location: users.StorageDescriptor.Location };
}
const countOf = (template: Template, type: string) => Object.keys(template.findResources(type)).length;

test('unless it is asked for there is no API, and nothing that belongs to one', () => {
  for (const api of ['', 'off']) {
    const template = templateOf({ api });
    for (const type of ['Api', 'Route', 'Stage', 'Integration'])
      template.resourceCountIs(`AWS::ApiGatewayV2::${type}`, 0);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
    expect(template.toJSON()['Outputs']).not.toHaveProperty('ApiUrl');
  }
});

test('with api=iam every route asks IAM, and its function starts the other one in the same store', () => {
  const template = templateOf({ api: 'iam', prefix: 'access' });
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map((one) => one['Properties']);
  expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual([
    ['GET /runs/{run_id}', 'AWS_IAM'],
    ['POST /snapshots', 'AWS_IAM'],
  ]);
  const variables = Object.values(template.findResources('AWS::Lambda::Function')).map(
    (one) => one['Properties'].Environment.Variables,
  );
  const [stores, instances] = ['SNAPSHOT_STORE', 'SNAPSHOT_INSTANCE'].map(
    (name) => new Set(variables.map((one) => JSON.stringify(one[name]))),
  );
  expect([variables.length, stores?.size, instances?.size]).toEqual([2, 1, 1]);
  expect(template.toJSON()['Outputs']).toHaveProperty('ApiUrl');
});

test('the tables are there unless they are not wanted', () => {
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
])('the tables look as far back as users are kept, or as is said: %j', (context, days) => {
  expect(usersTable(templateOf(context)).range).toBe(`NOW-${days}DAYS,NOW`);
});

test('the tables look where the function writes', () => {
  const context = { bucketName: 'company', prefix: 'access/prod' };
  expect(usersTable(templateOf(context)).location).toBe('s3://company/access/prod/users/json/');
});
