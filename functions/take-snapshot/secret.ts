import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { type AwsFailure, awsFailure } from '../lambda/aws-failure.ts';
import { CredentialsError } from '../snapshot/errors.ts';

type SecretFailure = AwsFailure<SecretsManagerServiceException>;
type Refusal = Extract<SecretFailure, { readonly kind: 'service' }>;

/** Milliseconds. Secrets Manager responds within a tenth of a second, and a run that waits longer has less time for Anodot. */
const CLIENT_OPTIONS = {
  retryMode: 'standard',
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 2_000,
    socketTimeout: 5_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
} as const satisfies SecretsManagerClientConfig;

export const newSecretsClient = (options: SecretsManagerClientConfig = {}): SecretsManagerClient =>
  new SecretsManagerClient({ ...CLIENT_OPTIONS, ...options });

/** How messages name a secret. */
export const nameOfSecret = (id: string): string => `the secret ${id}`;

/**
 * Reads the secret's text anew at each call: it may be rotated during a run.
 * @throws CredentialsError that names the secret if it has no text. Neither its value nor AWS's message is quoted
 */
export async function readSecret(client: SecretsManagerClient, id: string, signal: AbortSignal): Promise<string> {
  let text: string | undefined;
  try {
    const response = await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: signal });
    text = response.SecretString;
  } catch (error) {
    throw secretFailure(id, error);
  }
  if (text !== undefined) return text;
  throw new CredentialsError(`${nameOfSecret(id)} holds binary data: store an Anodot token there as text`);
}

/** Says what a failed call means and what the operator can do; returns a bug's error unchanged. */
function secretFailure(id: string, error: unknown): unknown {
  const secret = nameOfSecret(id);
  const failure = awsFailure(error, SecretsManagerServiceException);
  switch (failure?.kind) {
    case undefined:
      return error;
    case 'service':
      return refusal(secret, failure);
    case 'credentials':
      return new CredentialsError(`${secret} could not be read: the function has no AWS credentials. Mend its role`);
    case 'network':
      return new CredentialsError(
        `${secret} could not be read: no answer of Secrets Manager (${failure.code}). Look at the network, and run again later`,
      );
  }
}

function refusal(secret: string, failure: Refusal): CredentialsError {
  const { name, status, requestId, exception } = failure;
  const cause = new Error(`Secrets Manager answered ${name} (HTTP ${status}) to request ${requestId}`);
  if (name === 'ResourceNotFoundException' && /staging label/i.test(exception.message))
    return new CredentialsError(`${secret} has no value: not filled in yet. Store an Anodot token there`, { cause });
  return new CredentialsError(`${secret} could not be read: ${name}. ${adviceFor(failure)}`, { cause });
}

function adviceFor({ name, status, exception }: Refusal): string {
  if (name === 'ResourceNotFoundException')
    return 'There is no such secret in this account and region: create it, or mend ANODOT_TOKEN_SECRET_ID';
  if (/KMS|Decryption/.test(name) || /KMS/.test(exception.message))
    return "Mend the secret's KMS key, and allow kms:Decrypt on it";
  if (name === 'AccessDeniedException') return 'Allow secretsmanager:GetSecretValue on it';
  if (name === 'InvalidRequestException') return 'It may be scheduled for deletion: restore it';
  if (/Throttl|TooManyRequests/.test(name) || status >= 500)
    return 'Secrets Manager is busy or ailing: run again later';
  return 'Look up this error of AWS Secrets Manager';
}
