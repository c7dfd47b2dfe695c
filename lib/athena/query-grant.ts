import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Grant, type GrantOnPrincipalOptions, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { workgroupArn } from './workgroup.ts';

/** What there is to be read. */
export interface Queried {
  readonly database: string;
  readonly workgroup: string;
  readonly bucket: IBucket;
  /** Of the store's keys: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly encryptionKey?: IKey | undefined;
}

const RUN_QUERIES = [
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'athena:GetQueryExecution',
  'athena:BatchGetQueryExecution',
  'athena:ListQueryExecutions',
  'athena:GetQueryRuntimeStatistics',
  // Results that Athena keeps are read through these two alone, the second by drivers.
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
/** Names only; they know no narrower resource. The console can't choose the workgroup without. */
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

/** ARNs of many things each: all tables of the database, and the objects of each table. */
export function wildcardsOf(stack: Stack, { database, bucket, prefix }: Queried) {
  return {
    tables: glueArn(stack, 'table', `${database}/*`),
    objects: TABLES.map(({ folder }) => bucket.arnForObjects(`${prefix}${folder}*`)),
  };
}

const glueArn = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'glue', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });

/** Lets somebody query all tables and views, in the same account. Of the bucket that opens the folders of the tables, and no other. */
export function grantQuery(grantee: IGrantable, stack: Stack, queried: Queried): Grant {
  const { database, workgroup, bucket, prefix, encryptionKey } = queried;
  const { tables, objects } = wildcardsOf(stack, queried);
  const catalog = stack.formatArn({ service: 'glue', resource: 'catalog', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const folders = TABLES.map(({ folder }) => `${prefix}${folder}*`);
  const allow = (actions: string[], resourceArns: string[], conditions?: GrantOnPrincipalOptions['conditions']) =>
    Grant.addToPrincipal({ grantee, actions, resourceArns, ...(conditions && { conditions }) });
  return [
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
    // Athena asks for it whatever is queried.
    allow(['glue:GetDatabase'], [glueArn(stack, 'database', 'default')]),
    allow(['s3:GetObject'], objects),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': folders } }),
    allow(['s3:GetBucketLocation'], [bucket.bucketArn]),
    // To read the objects, and for the results, which are encrypted with the same key.
    ...(encryptionKey ? [encryptionKey.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey')] : []),
  ].reduce((all, one) => all.combine(one));
}
