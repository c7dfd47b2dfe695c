/** Decides whether the function signs. Only a run that signs loads the client for KMS. */

import { type Signer, SigningError } from '../snapshot/commits/signer.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import type { Environment } from '../snapshot/settings.ts';

/** An alias could later point to another key, so it isn't allowed. */
const KEY_ARN = /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,128}$/;

/**
 * The signer with the KMS key that the environment names. Undefined if it names none. Never throws: a snapshot is also published if it
 * can't be signed, so a malformed ARN is a SigningError of each call.
 */
export function newSigner(environment: Environment): Signer | undefined {
  const keyArn = environment[ENVIRONMENT.signingKey]?.trim() ?? '';
  if (keyArn === '') return undefined;
  let loaded: Promise<Signer> | undefined;
  const signer = () => (loaded ??= load(keyArn));
  return {
    publicKey: async (deadline) => (await signer()).publicKey(deadline),
    sign: async (bytes, deadline) => (await signer()).sign(bytes, deadline),
  };
}

async function load(keyArn: string): Promise<Signer> {
  if (!KEY_ARN.test(keyArn))
    throw new SigningError(
      `${ENVIRONMENT.signingKey}: expected the ARN of a KMS key, like arn:aws:kms:eu-central-1:123456789012:key/<id>`,
    );
  try {
    const { KmsSigner, newKmsClient } = await import('./kms-signer.ts');
    return new KmsSigner(newKmsClient(), keyArn);
  } catch (cause) {
    const message = 'the part of the function that signs could not be loaded. Deploy the function again, unchanged';
    throw new SigningError(message, { cause });
  }
}
