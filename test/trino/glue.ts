import { resolved } from '../support/cdk/synthesis.ts';
import type { Deployment } from './template.ts';

/** The calls that CloudFormation makes for the resources of a catalog, with their properties as arguments. */
const CREATIONS: { readonly [type: string]: string } = {
  'AWS::Glue::Database': 'CreateDatabase',
  'AWS::Glue::Table': 'CreateTable',
};

/** Creates a template's database, tables and views in a metastore, in the order of their dependencies. */
export async function deployCatalog(endpoint: string, { resources, values }: Deployment): Promise<void> {
  for (const [id, { Type, Properties }] of resources) {
    const action = CREATIONS[Type];
    if (action === undefined) continue;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSGlue.${action}`,
        // The metastore reads the service from the scope and verifies no signature.
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(resolved(Properties, values)),
    });
    if (!response.ok) throw new Error(`${action} ${id}: ${response.status} ${await response.text()}`);
  }
}
