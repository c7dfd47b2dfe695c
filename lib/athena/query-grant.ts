import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Grant, type GrantOnPrincipalOptions, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { onlyThrough } from '../access.ts';
import { effective } from '../effective-grant.ts';
import { keyPrefixOf, objectsIn, type SnapshotStore } from '../store-access.ts';
import { workgroupArn } from './workgroup.ts';

/** The database that a principal may query, and the objects behind it. */
export interface Queried {
  readonly database: string;
  readonly workgroup: string;
  readonly store: SnapshotStore;
}

const RUN_QUERIES = [
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'athena:GetQueryExecution',
  'athena:BatchGetQueryExecution',
  'athena:ListQueryExecutions',
  'athena:GetQueryRuntimeStatistics',
  // The only ways to read results that Athena keeps. Drivers use the second one.
  'athena:GetQueryResults',
  'athena:GetQueryResultsStream',
  'athena:GetWorkGroup',
  'athena:ListNamedQueries',
  'athena:GetNamedQuery',
  'athena:BatchGetNamedQuery',
];
const BROWSE = [
  'athena:GetDataCatalog',
  'athena:ListDatabases',
  'athena:GetDatabase',
  'athena:ListTableMetadata',
  'athena:GetTableMetadata',
];
/** These only list names, and can't be restricted to a resource. Without them, the workgroup can't be selected in the console. */
const CHOOSE = ['athena:ListWorkGroups', 'athena:ListDataCatalogs'];
const READ_DEFINITIONS = [
  'glue:GetDatabase',
  'glue:GetDatabases',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];

/** ARNs with a wildcard, of all tables of the database and of the objects of each table. */
export function wildcardsOf(stack: Stack, { database, store }: Queried) {
  return {
    tables: glueArn(stack, 'table', `${database}/*`),
    objects: TABLES.map(({ folder }) => objectsIn(store, folder)),
  };
}

const glueArn = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'glue', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });

/**
 * Allows a principal of the same account to query all tables and views. In the bucket it can read the folders of the tables only.
 * @throws Error for a principal whose policies this app can't change
 */
export function grantQuery(grantee: IGrantable, stack: Stack, queried: Queried): Grant {
  const { database, workgroup, store } = queried;
  const { bucket, encryptionKey } = store;
  const { tables, objects } = wildcardsOf(stack, queried);
  const catalog = stack.formatArn({ service: 'glue', resource: 'catalog', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const folders = TABLES.map(({ folder }) => `${keyPrefixOf(store)}${folder}*`);
  const allow = (actions: string[], resourceArns: string[], conditions?: GrantOnPrincipalOptions['conditions']) =>
    Grant.addToPrincipal({ grantee, actions, resourceArns, ...(conditions && { conditions }) });
  const grants = [
    allow(RUN_QUERIES, [workgroupArn(stack, workgroup)]),
    allow(BROWSE, [
      stack.formatArn({
        service: 'athena',
        resource: 'datacatalog',
        resourceName: 'AwsDataCatalog',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    ]),
    allow(CHOOSE, ['*']),
    allow(READ_DEFINITIONS, [catalog, glueArn(stack, 'database', database), tables]),
    // Athena requires this for every query.
    allow(['glue:GetDatabase'], [glueArn(stack, 'database', 'default')]),
    allow(['s3:GetObject'], objects),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': folders } }),
    allow(['s3:GetBucketLocation'], [bucket.bucketArn]),
    // The key encrypts the objects and the query results.
    ...(encryptionKey
      ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn], onlyThrough(['s3', 'athena'], stack))]
      : []),
  ];
  return effective(grants, { grantee, stack, instead: 'attach `catalog.readerPolicy` to that principal' });
}
