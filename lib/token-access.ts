import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { type Access, useOfKey } from './access.ts';

/**
 * How the secret is requested. A name would be looked up in the caller's own account: a secret elsewhere needs its ARN.
 * @param scope where it is used, which may be another stack than the secret's
 */
export function secretIdOf(secret: ISecret, scope: IConstruct): string {
  const { secretFullArn, secretArn, secretName } = secret;
  if (secretFullArn !== undefined) return secretFullArn;
  // A secret that is only named has an ARN as well, which the CDK derives from its stack. `AWS::AccountId` is the account that uses it.
  const [, , , , account = ''] = secretArn.split(':');
  return [Stack.of(scope).account, Aws.ACCOUNT_ID].includes(account) ? secretName : secretArn;
}

/**
 * Access to the secret that holds Anodot's token: to read its value, and nothing else.
 * @param scope the function's, whose account and region count
 */
export const tokenAccess = (secret: ISecret, scope: IConstruct): Access => ({
  environment: { [ENVIRONMENT.tokenSecretId]: secretIdOf(secret, scope) },
  statements: [
    new PolicyStatement({
      sid: 'ReadToken',
      actions: ['secretsmanager:GetSecretValue'],
      // A secret that is known by name is known without the six characters that AWS appends to its ARN.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  ],
  keyStatements: secret.encryptionKey
    ? [useOfKey('UseKeyOfToken', secret.encryptionKey, ['kms:Decrypt'], 'secretsmanager', scope)]
    : [],
});
