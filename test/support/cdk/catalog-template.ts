import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as z from 'zod';
import { AthenaCatalog, type AthenaCatalogProps } from '../../../lib/athena/athena-catalog.ts';

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

/** A stack with a catalogue over the bucket `people`, in which more may be put before its template is taken. */
export function catalogIn(app: App, props: Partial<AthenaCatalogProps> = {}) {
  const stack = new Stack(app, 'Snapshots');
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'people');
  const catalog = new AthenaCatalog(stack, 'Athena', { bucket, prefix: '', retentionDays: 400, ...props });
  return { stack, bucket, catalog };
}

export const templateOf = (props: Partial<AthenaCatalogProps> = {}): Template =>
  Template.fromStack(catalogIn(new App(), props).stack);

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

/** An ARN of this account and region. */
export function arnOf(service: string, resource: string) {
  const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((name) => ({ Ref: `AWS::${name}` }));
  return { 'Fn::Join': ['', ['arn:', partition, `:${service}:`, region, ':', account, resource]] };
}
