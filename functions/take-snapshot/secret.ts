import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { CredentialsError } from '../snapshot/errors.ts';

/** Milliseconds: Secrets Manager answers within a tenth of a second, and a run that waits for long has less time for Anodot. */
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
 * The secret's text as it is now: it may be rotated while a run is under way.
 * @throws CredentialsError where there is none, naming the secret; neither its value nor what AWS says is quoted
 */
export async function readSecret(client: SecretsManagerClient, id: string, signal: AbortSignal): Promise<string> {
  let text: string | undefined;
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: signal });
    text = answer.SecretString;
  } catch (error) {
    throw secretFailure(id, error);
  }
  if (text !== undefined) return text;
  throw new CredentialsError(`${nameOfSecret(id)} holds binary data: store an Anodot token there as text`);
}

/** What a failed call means; the error itself where it is neither of AWS, of the network nor of the credentials: a bug. */
function secretFailure(id: string, error: unknown): unknown {
  const secret = nameOfSecret(id);
  if (!(error instanceof Error)) return error;
  if (error instanceof SecretsManagerServiceException) {
    const { httpStatusCode, requestId } = error.$metadata;
    const name = /^\w{1,64}$/.test(error.name) ? error.name : 'an unknown error';
    const cause = new Error(`Secrets Manager answered ${name} (HTTP ${httpStatusCode}) to request ${requestId}`);
    if (name === 'ResourceNotFoundException' && /staging label/i.test(error.message))
      return new CredentialsError(`${secret} has no value: not filled in yet. Store an Anodot token there`, { cause });
    return new CredentialsError(`${secret} could not be read: ${name}. ${adviceFor(name, error)}`, { cause });
  }
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(error.name))
    return new CredentialsError(`${secret} could not be read: the function has no AWS credentials. Mend its role`);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const ofTheCall = code !== undefined || ['TimeoutError', 'AbortError'].includes(error.name) || '$metadata' in error;
  if (!ofTheCall) return error;
  return new CredentialsError(
    `${secret} could not be read: no answer of Secrets Manager (${code ?? error.name}). Look at the network, and run again later`,
  );
}

function adviceFor(name: string, { message, $metadata: { httpStatusCode = 0 } }: SecretsManagerServiceException) {
  if (name === 'ResourceNotFoundException')
    return 'There is no such secret in this account and region: create it, or mend ANODOT_TOKEN_SECRET_ID';
  if (/KMS|Decryption/.test(name) || /KMS/.test(message))
    return "Mend the secret's KMS key, and allow kms:Decrypt on it";
  if (name === 'AccessDeniedException') return 'Allow secretsmanager:GetSecretValue on it';
  if (name === 'InvalidRequestException') return 'It may be scheduled for deletion: restore it';
  if (/Throttl|TooManyRequests/.test(name) || httpStatusCode >= 500)
    return 'Secrets Manager is busy or ailing: run again later';
  return 'Look up this error of AWS Secrets Manager';
}
