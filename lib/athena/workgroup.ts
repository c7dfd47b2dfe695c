import { Annotations, ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Two years of 170,000 users stay below it, where a view reads them twice. A query that would read more is stopped. */
const MOST_BYTES_PER_QUERY = 100_000_000_000;
/** As whom Athena uses a customer's key for the results that it keeps, and what for. */
const RESULTS_SERVICE = 'encryption.athena.amazonaws.com';
const RESULTS_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];

/**
 * Where queries run: its settings count, whatever a client asks for.
 * @param encryptionKey of the results; without it Athena encrypts them with a key of its own
 */
export function athenaWorkgroup(scope: Construct, name: string, encryptionKey: IKey | undefined): CfnWorkGroup {
  if (encryptionKey) letResultsUse(encryptionKey, scope, name);
  return new CfnWorkGroup(scope, 'Workgroup', {
    name,
    description: 'Queries of who has access to the Anodot account',
    // Past queries are no reason to keep it.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      requesterPaysEnabled: false,
      bytesScannedCutoffPerQuery: MOST_BYTES_PER_QUERY,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      // Athena keeps them for a day: there is no bucket of results that anybody has to clear.
      managedQueryResultsConfiguration: {
        enabled: true,
        ...(encryptionKey && { encryptionConfiguration: { kmsKey: encryptionKey.keyArn } }),
      },
    },
  });
}

export const workgroupArn = (stack: Stack, name: string): string =>
  stack.formatArn({
    service: 'athena',
    resource: 'workgroup',
    resourceName: name,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

function letResultsUse(key: IKey, scope: Construct, name: string): void {
  const arn = workgroupArn(Stack.of(scope), name);
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(RESULTS_SERVICE)],
      actions: RESULTS_ACTIONS,
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:athena:arn': arn, 'aws:SourceArn': arn },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addInfo(
    `The key's policy is not of this app: it must let ${RESULTS_SERVICE} use the key (${RESULTS_ACTIONS.join(', ')}), or no query has a result`,
  );
}
