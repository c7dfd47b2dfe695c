import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { type Access, useOfKey } from './access.ts';

/**
 * The id with which the secret is requested. A name is looked up in the caller's own account, so a secret of another account needs its
 * ARN.
 * @param scope in the stack that uses the secret, which may differ from the secret's stack
 */
export function secretIdOf(secret: ISecret, scope: IConstruct): string {
  const { secretFullArn, secretArn, secretName } = secret;
  if (secretFullArn !== undefined) return secretFullArn;
  // A secret imported by name has an ARN too, which CDK derives from its stack. `AWS::AccountId` is the account that uses it.
  const [, , , , account = ''] = secretArn.split(':');
  return [Stack.of(scope).account, Aws.ACCOUNT_ID].includes(account) ? secretName : secretArn;
}

/**
 * Access to the secret with the Anodot token: to read its value, and nothing else.
 * @param scope the function's, whose account and region matter
 */
export const tokenAccess = (secret: ISecret, scope: IConstruct): Access => ({
  environment: { [ENVIRONMENT.tokenSecretId]: secretIdOf(secret, scope) },
  statements: [
    new PolicyStatement({
      sid: 'ReadToken',
      actions: ['secretsmanager:GetSecretValue'],
      // The ARN of a secret imported by name lacks the six characters that AWS appends.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  ],
  keyStatements: secret.encryptionKey
    ? [useOfKey('UseKeyOfToken', secret.encryptionKey, ['kms:Decrypt'], 'secretsmanager', scope)]
    : [],
});
