import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { type Access, useOfKey } from './access.ts';

/** How the secret is requested. A name would be looked up in the function's own account: a secret elsewhere needs its ARN. */
export function secretIdOf(secret: ISecret): string {
  const { secretFullArn, secretArn, secretName } = secret;
  if (secretFullArn !== undefined) return secretFullArn;
  // A secret that is only named has an ARN as well, which the CDK derives from the stack.
  return secretArn.split(':')[4] === Stack.of(secret).account ? secretName : secretArn;
}

/** Access to the secret that holds Anodot's token: to read its value, and nothing else. */
export const tokenAccess = (secret: ISecret): Access => ({
  environment: { [ENVIRONMENT.tokenSecretId]: secretIdOf(secret) },
  statements: [
    new PolicyStatement({
      sid: 'ReadToken',
      actions: ['secretsmanager:GetSecretValue'],
      // A secret that is known by name is known without the six characters that AWS appends to its ARN.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  ],
  keyStatements: secret.encryptionKey
    ? [useOfKey('UseKeyOfToken', secret.encryptionKey, ['kms:Decrypt'], 'secretsmanager', secret)]
    : [],
});
