import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings/context.ts';
import { UserSnapshotsStack } from '../../lib/user-snapshots-stack.ts';

const RESOURCE = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).default([]),
});
export type Resource = z.infer<typeof RESOURCE>;
const TEMPLATE = z.object({ Resources: z.record(z.string(), RESOURCE) });

export interface Deployment {
  /** The values of references, by `AWS::AccountId`, `LogicalId` or `LogicalId.Attribute`. */
  readonly values: { readonly [name: string]: string };
  /** The resources, each after those that it depends on. */
  readonly resources: readonly (readonly [id: string, Resource])[];
}

export interface CatalogOptions {
  readonly database: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly retentionDays: number;
}

/** The product's template with a role that may query its catalog, as CloudFormation would deploy it with a bucket of that name. */
export function synthesised({ bucket, database, prefix, retentionDays }: CatalogOptions): Deployment {
  const settings = parseSettings({ athenaDatabase: database, prefix, retentionDays });
  const stack = new UserSnapshotsStack(new App(), 'Snapshots', { settings });
  const reader = new Role(stack, 'Reader', { assumedBy: new AccountRootPrincipal() });
  stack.snapshots.catalog?.grantQuery(reader);
  return deploymentOf(Template.fromStack(stack).toJSON(), bucket);
}

function deploymentOf(template: unknown, bucket: string): Deployment {
  const { Resources } = TEMPLATE.parse(template);
  const buckets = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::S3::Bucket');
  const values = {
    'AWS::AccountId': '123456789012',
    'AWS::Region': 'us-east-1',
    'AWS::Partition': 'aws',
    ...Object.fromEntries(buckets.map((id) => [id, bucket])),
    ...Object.fromEntries(buckets.map((id) => [`${id}.Arn`, `arn:aws:s3:::${bucket}`])),
  };
  const order: string[] = [];
  const visit = (id: string): void => {
    if (order.includes(id)) return;
    for (const before of Resources[id]?.DependsOn ?? []) visit(before);
    order.push(id);
  };
  for (const id of Object.keys(Resources)) visit(id);
  const resources = order.flatMap((id) => {
    const resource = Resources[id];
    return resource ? [[id, resource] as const] : [];
  });
  return { values, resources };
}
