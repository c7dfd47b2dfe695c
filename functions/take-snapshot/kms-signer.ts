/** Signs with a key in AWS KMS, and says what to do if KMS refuses. */
import { createHash } from 'node:crypto';
import {
  GetPublicKeyCommand,
  KMSClient,
  type KMSClientConfig,
  KMSServiceException,
  SignCommand,
} from '@aws-sdk/client-kms';
import { type AwsFailure, awsFailure } from '../lambda/aws-failure.ts';
import { failureOf } from '../lambda/failure.ts';
import { type Signer, SigningError } from '../snapshot/commits/signer.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import type { Deadline } from '../snapshot/deadline.ts';
import { QUICK_CLIENT } from './quick-client.ts';

type Refusal = Extract<AwsFailure<KMSServiceException>, { readonly kind: 'service' }>;
type Action = 'kms:GetPublicKey' | 'kms:Sign';

const CLIENT_OPTIONS = { ...QUICK_CLIENT, maxAttempts: 3 } as const satisfies KMSClientConfig;

const KEY_TYPE = { spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' } as const;

export const newKmsClient = (options: KMSClientConfig = {}): KMSClient =>
  new KMSClient({ ...CLIENT_OPTIONS, ...options });

/** Everything that the client throws becomes a SigningError that names the key and says what to do, without AWS's own message. */
export class KmsSigner implements Signer {
  readonly #client: KMSClient;
  readonly #keyArn: string;
  /** A key's public part never changes. A failed call isn't kept. */
  #publicKey: Uint8Array | undefined;

  constructor(client: KMSClient, keyArn: string) {
    this.#client = client;
    this.#keyArn = keyArn;
  }

  async publicKey({ signal }: Deadline): Promise<Uint8Array> {
    this.#publicKey ??= await this.#calling('kms:GetPublicKey', async () => {
      const command = new GetPublicKeyCommand({ KeyId: this.#keyArn });
      const { PublicKey, KeySpec, KeyUsage } = await this.#client.send(command, { abortSignal: signal });
      if (KeySpec !== KEY_TYPE.spec || KeyUsage !== KEY_TYPE.usage) throw this.#failed(USE_OTHER_KEY);
      return PublicKey;
    });
    return this.#publicKey;
  }

  /** Sends only the hash, so that a commit may have any size. */
  async sign(bytes: Uint8Array, { signal }: Deadline): Promise<Uint8Array> {
    const command = new SignCommand({
      KeyId: this.#keyArn,
      Message: createHash('sha256').update(bytes).digest(),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    return this.#calling('kms:Sign', async () => {
      const { Signature } = await this.#client.send(command, { abortSignal: signal });
      return Signature;
    });
  }

  async #calling(action: Action, call: () => Promise<Uint8Array | undefined>): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await call();
    } catch (error) {
      throw error instanceof SigningError ? error : this.#failed(reasonOf(error, action), causeOf(error));
    }
    // The client doesn't check the types of a response.
    if (!(bytes instanceof Uint8Array)) throw this.#failed(`KMS returned no bytes for ${action}. Run again later`);
    return bytes;
  }

  #failed(reason: string, cause?: Error): SigningError {
    return new SigningError(`the signing key ${this.#keyArn} could not be used: ${reason}`, { cause });
  }
}

const USE_OTHER_KEY = `it is not a key of type ${KEY_TYPE.spec} for ${KEY_TYPE.usage}. Sign with such a key`;

/** What the service returned, without its message, which may quote the request. */
function causeOf(error: unknown): Error | undefined {
  const failure = awsFailure(error, KMSServiceException);
  if (failure?.kind !== 'service') return undefined;
  return new Error(`KMS returned ${failure.name} (HTTP ${failure.status}) for request ${failure.requestId}`);
}

function reasonOf(error: unknown, action: Action): string {
  const failure = awsFailure(error, KMSServiceException);
  switch (failure?.kind) {
    case undefined:
      return `${failureOf(error).name} in ${action}, a bug in this program. Report it`;
    case 'service':
      return `${failure.name}. ${adviceFor(failure, action)}`;
    case 'credentials':
      return 'the function has no AWS credentials. Fix its role';
    case 'network':
      return `no response from KMS (${failure.code}). Check the network, and run again later`;
  }
}

function adviceFor({ name, status }: Refusal, action: Action): string {
  if (name === 'AccessDeniedException') return `Allow ${action} on it`;
  if (name === 'DisabledException') return 'Enable it';
  if (name === 'KMSInvalidStateException') return 'It may be scheduled for deletion: cancel the deletion';
  if (name === 'NotFoundException' || name === 'InvalidArnException')
    return `No such key in this account and region: fix ${ENVIRONMENT.signingKey}`;
  if (name === 'InvalidKeyUsageException' || name === 'UnsupportedOperationException')
    return `Use a key of type ${KEY_TYPE.spec} for ${KEY_TYPE.usage}`;
  if (/Throttl|LimitExceeded|KeyUnavailable|Timeout/.test(name) || status >= 500)
    return 'KMS is busy or unavailable: run again later';
  return 'Look up this AWS KMS error';
}
