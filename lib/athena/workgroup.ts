import { Annotations, ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Enough for a view that reads two years of 170,000 users twice. Athena cancels a query that would read more. */
const MOST_BYTES_PER_QUERY = 100_000_000_000;
/** The service principal with which Athena uses a customer's key for the results it keeps, and the actions that it needs. */
const RESULTS_SERVICE = 'encryption.athena.amazonaws.com';
const RESULTS_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];

/**
 * The workgroup in which queries run. Its settings override those of clients.
 * @param encryptionKey encrypts the results. By default Athena uses its own key.
 */
export function athenaWorkgroup(scope: Construct, name: string, encryptionKey: IKey | undefined): CfnWorkGroup {
  if (encryptionKey) letResultsUse(encryptionKey, scope, name);
  return new CfnWorkGroup(scope, 'Workgroup', {
    name,
    description: 'Queries about Anodot users',
    // Past queries must not prevent deletion.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      requesterPaysEnabled: false,
      bytesScannedCutoffPerQuery: MOST_BYTES_PER_QUERY,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      // Athena keeps results for a day, so no bucket of results needs to be cleaned up.
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
    `This app doesn't manage the policy of the key. Allow ${RESULTS_SERVICE} to use the key (${RESULTS_ACTIONS.join(', ')}), or every query fails`,
  );
}
