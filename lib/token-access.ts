import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { type Access, useOfKey } from './access.ts';

/** Access to the secret that holds Anodot's token: to read its value, and nothing else. */
export const tokenAccess = (secret: ISecret): Access => ({
  environment: { [ENVIRONMENT.tokenSecretId]: secret.secretFullArn ?? secret.secretName },
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
