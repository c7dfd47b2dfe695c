import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { AthenaCatalog } from '../../../lib/athena/athena-catalog.ts';

const RESOURCE = z.object({
  DependsOn: z.array(z.string()).default([]),
  Properties: z.object({
    DatabaseName: z.string(),
    TableInput: z.object({
      Name: z.string(),
      Description: z.string().optional(),
      Owner: z.string().optional(),
      TableType: z.string(),
      Parameters: z.record(z.string(), z.unknown()),
      PartitionKeys: z.array(z.object({ Name: z.string(), Type: z.string() })).optional(),
      ViewOriginalText: z.string().optional(),
      ViewExpandedText: z.string().optional(),
      StorageDescriptor: z.object({
        Columns: z.array(z.object({ Name: z.string(), Type: z.string() })),
        Location: z.unknown(),
        SerdeInfo: z.unknown(),
      }),
    }),
  }),
});
export type TableInput = z.infer<typeof RESOURCE>['Properties']['TableInput'];

export interface CatalogOptions {
  readonly database?: string;
  readonly prefix?: string;
  readonly retentionDays?: number;
  readonly encryptionKey?: IKey;
}

/** Adds a catalog over the bucket `people`. */
export function addCatalog(
  scope: Construct,
  id: string,
  { database = 'anodot_users', retentionDays = 400, prefix = '', encryptionKey }: CatalogOptions = {},
): AthenaCatalog {
  const store = { bucket: Bucket.fromBucketName(scope, `${id}Bucket`, 'people'), prefix, encryptionKey };
  return new AthenaCatalog(scope, id, { database, store, retentionDays });
}

export const newStack = (): Stack => new Stack(new App(), 'Snapshots');

/** The template of a stack with one catalog, `Athena`. */
export function templateOf(options: CatalogOptions = {}): Template {
  const stack = newStack();
  addCatalog(stack, 'Athena', options);
  return Template.fromStack(stack);
}

export const tablesOf = (template: Template) =>
  Object.entries(template.findResources('AWS::Glue::Table')).map(([id, resource]) => ({
    id,
    ...RESOURCE.parse(resource),
  }));

export function tableOf(template: Template, name: string): TableInput {
  const found = tablesOf(template).map(({ Properties }) => Properties.TableInput);
  const table = found.find(({ Name }) => Name === name);
  if (!table) throw new Error(`no table ${name}`);
  return table;
}

/** An ARN in the stack's own account and region. */
export function arnOf(service: string, resource: string) {
  const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((name) => ({ Ref: `AWS::${name}` }));
  return { 'Fn::Join': ['', ['arn:', partition, `:${service}:`, region, ':', account, resource]] };
}
