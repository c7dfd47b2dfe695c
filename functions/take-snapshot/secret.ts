import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { type AwsFailure, awsFailure } from '../lambda/aws-failure.ts';
import type { StoredToken } from '../snapshot/anodot/token.ts';
import { CredentialsError } from '../snapshot/errors.ts';
import { QUICK_CLIENT } from './quick-client.ts';

type SecretFailure = AwsFailure<SecretsManagerServiceException>;
type Refusal = Extract<SecretFailure, { readonly kind: 'service' }>;

const CLIENT_OPTIONS = { ...QUICK_CLIENT, maxAttempts: 4 } as const satisfies SecretsManagerClientConfig;

export const newSecretsClient = (options: SecretsManagerClientConfig = {}): SecretsManagerClient =>
  new SecretsManagerClient({ ...CLIENT_OPTIONS, ...options });

/** The name of a secret in messages. */
export const nameOfSecret = (id: string): string => `the secret ${id}`;

/**
 * Reads the secret again on each call, since it may be rotated during a run.
 * @throws CredentialsError that names the secret if it can't be read or has no text. Quotes neither its value nor AWS's message
 */
export async function readSecret(client: SecretsManagerClient, id: string, signal: AbortSignal): Promise<StoredToken> {
  let response: GetSecretValueCommandOutput;
  try {
    response = await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: signal });
  } catch (error) {
    throw secretFailure(id, error);
  }
  const { SecretString: text, VersionId: version, CreatedDate: createdAt } = response;
  if (text !== undefined) return { text, version, createdAt };
  throw new CredentialsError(`${nameOfSecret(id)} holds binary data: store an Anodot token there as text`);
}

/** Turns the error of a failed call into one for the operator. Returns a bug's error unchanged. */
function secretFailure(id: string, error: unknown): unknown {
  const secret = nameOfSecret(id);
  const failure = awsFailure(error, SecretsManagerServiceException);
  switch (failure?.kind) {
    case undefined:
      return error;
    case 'service':
      return refusal(secret, failure);
    case 'credentials':
      return new CredentialsError(`${secret} could not be read: the function has no AWS credentials. Fix its role`);
    case 'network':
      return new CredentialsError(
        `${secret} could not be read: no response from Secrets Manager (${failure.code}). Check the network, and run again later`,
      );
  }
}

function refusal(secret: string, failure: Refusal): CredentialsError {
  const { name, status, requestId, exception } = failure;
  const cause = new Error(`Secrets Manager returned ${name} (HTTP ${status}) for request ${requestId}`);
  if (name === 'ResourceNotFoundException' && /staging label/i.test(exception.message))
    return new CredentialsError(`${secret} has no value: not filled in yet. Store an Anodot token there`, { cause });
  return new CredentialsError(`${secret} could not be read: ${name}. ${adviceFor(failure)}`, { cause });
}

function adviceFor({ name, status, exception }: Refusal): string {
  if (name === 'ResourceNotFoundException')
    return 'No such secret in this account and region: create it, or fix ANODOT_TOKEN_SECRET_ID';
  if (/KMS|Decryption/.test(name) || /KMS/.test(exception.message))
    return "Fix the secret's KMS key, and allow kms:Decrypt on it";
  if (name === 'AccessDeniedException') return 'Allow secretsmanager:GetSecretValue on it';
  if (name === 'InvalidRequestException') return 'It may be scheduled for deletion: restore it';
  if (/Throttl|TooManyRequests/.test(name) || status >= 500)
    return 'Secrets Manager is busy or unavailable: run again later';
  return 'Look up this AWS Secrets Manager error';
}
