import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { COMMITS_FOLDER, KEYS, PUBLISHED_FOLDERS } from '../../../../functions/snapshot/contract.ts';
import { addCatalog, arnOf, type CatalogOptions, newStack, templateOf } from '../../../support/cdk/catalog-template.ts';

const POLICY = z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) }) });

/** The statements of a role that is granted queries. */
function statementsOf(options: CatalogOptions = {}, stack = newStack()): unknown[] {
  const role = new Role(stack, 'Reader', { assumedBy: new AccountRootPrincipal() });
  addCatalog(stack, 'Athena', options).grantQuery(role);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies.length).toBe(1);
  return policies.flatMap(statementsIn);
}

const statementsIn = (policy: unknown): unknown[] => POLICY.parse(policy).Properties.PolicyDocument.Statement;

const bucketArn = (path = '') => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::people${path}`]] });

const hostOf = (service: string) => ({
  'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
});

const allowedBelow = (prefix: string) => {
  const folders = ['users/json/*', 'users/csv/*', 'changes/*', 'groups/json/*', 'manifests/*', 'runs/*'].map(
    (folder) => `${prefix}${folder}`,
  );
  return [
    {
      Effect: 'Allow',
      Action: [
        ...['athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution'],
        ...['athena:BatchGetQueryExecution', 'athena:ListQueryExecutions', 'athena:GetQueryRuntimeStatistics'],
        ...['athena:GetQueryResults', 'athena:GetQueryResultsStream', 'athena:GetWorkGroup'],
        ...['athena:ListNamedQueries', 'athena:GetNamedQuery', 'athena:BatchGetNamedQuery'],
      ],
      Resource: arnOf('athena', ':workgroup/anodot_users'),
    },
    {
      Effect: 'Allow',
      Action: [
        ...['athena:GetDataCatalog', 'athena:ListDatabases', 'athena:GetDatabase'],
        ...['athena:ListTableMetadata', 'athena:GetTableMetadata'],
      ],
      Resource: arnOf('athena', ':datacatalog/AwsDataCatalog'),
    },
    { Effect: 'Allow', Action: ['athena:ListWorkGroups', 'athena:ListDataCatalogs'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: [
        ...['glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables'],
        ...['glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      ],
      Resource: [
        arnOf('glue', ':catalog'),
        arnOf('glue', ':database/anodot_users'),
        arnOf('glue', ':table/anodot_users/*'),
      ],
    },
    { Effect: 'Allow', Action: 'glue:GetDatabase', Resource: arnOf('glue', ':database/default') },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: folders.map((folder) => bucketArn(`/${folder}`)) },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn(),
      Condition: { StringLike: { 's3:prefix': folders } },
    },
    { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: bucketArn() },
  ];
};

test('a reader may query in the workgroup and read the definitions and objects of the tables, and nothing else', () => {
  expect(statementsOf()).toEqual(allowedBelow(''));
});

test('the managed policy for readers outside the app allows what grantQuery allows, and is attached to no one', () => {
  const policies = Object.values(templateOf().findResources('AWS::IAM::ManagedPolicy'));
  expect(policies.map(({ Properties }) => [Properties.Users, Properties.Groups, Properties.Roles])).toEqual([
    [undefined, undefined, undefined],
  ]);
  expect(policies.map(statementsIn)).toEqual([allowedBelow('')]);
});

test("a reader may read objects only under the store's prefix", () => {
  expect(statementsOf({ prefix: 'audit/anodot' })).toEqual(allowedBelow('audit/anodot/'));
});

test("a reader may use the bucket's key only through S3 and Athena, and no other key", () => {
  const stack = newStack();
  expect(statementsOf({ encryptionKey: new Key(stack, 'Key') }, stack)).toEqual([
    ...allowedBelow(''),
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
      Condition: { StringEquals: { 'kms:ViaService': ['s3', 'athena'].map(hostOf) } },
    },
  ]);
});

test('a reader may read published objects and run documents, but neither raw responses nor commits', () => {
  const text = JSON.stringify(statementsOf());
  expect(text).not.toMatch(/raw|commits|people\/\*/);
  for (const key of [KEYS.raw('2026-11-23', 'run', '00000000'), KEYS.commit(1)]) {
    const [folder = ''] = key.split('/');
    expect([...PUBLISHED_FOLDERS, 'runs/']).not.toContain(`${folder}/`);
    expect(text).not.toContain(folder);
  }
  expect(text).not.toContain(COMMITS_FOLDER);
});
