import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Grant, type GrantOnPrincipalOptions, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { onlyThrough } from '../access.ts';
import { effective } from '../effective-grant.ts';
import { keyPrefixOf, objectsIn, type SnapshotStore } from '../store-access.ts';
import { workgroupArn } from './workgroup.ts';

/** What can be queried. */
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
  // The only way to read results that Athena keeps; drivers use the second.
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
/** Names only, and they can't be restricted to a resource. Without them the console can't choose the workgroup. */
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

/** ARNs with a wildcard: all tables of the database, and the objects of each table. */
export function wildcardsOf(stack: Stack, { database, store }: Queried) {
  return {
    tables: glueArn(stack, 'table', `${database}/*`),
    objects: TABLES.map(({ folder }) => objectsIn(store, folder)),
  };
}

const glueArn = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'glue', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });

/**
 * Allows a principal of the same account to query all tables and views. In the bucket it may read the tables' folders, and no other.
 * @throws Error for a principal to which IAM would add nothing
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
    // Athena requires it for every query.
    allow(['glue:GetDatabase'], [glueArn(stack, 'database', 'default')]),
    allow(['s3:GetObject'], objects),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': folders } }),
    allow(['s3:GetBucketLocation'], [bucket.bucketArn]),
    // For the objects, and for the results, which are encrypted with the same key.
    ...(encryptionKey
      ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn], onlyThrough(['s3', 'athena'], stack))]
      : []),
  ];
  return effective(grants, { grantee, stack, instead: 'attach `catalog.readerPolicy` to that principal' });
}
