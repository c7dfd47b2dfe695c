/** Signs, and checks the signature with the signer's own public key. Any failure is a SigningError. */

import type { Deadline } from '../deadline.ts';
import { isSignature, type PublicKey, publicKeyOf } from './public-key.ts';
import { type Signer, SigningError } from './signer.ts';

/** @throws SigningError if the key can't be read, or isn't on the curve P-256 */
export async function publicKeyFrom(signer: Signer, deadline: Deadline): Promise<PublicKey> {
  const key = publicKeyOf(await usedFor('read the public key', () => signer.publicKey(deadline)));
  if (key) return key;
  throw new SigningError('the signing key is not on the curve P-256. Sign with an ECC_NIST_P256 key');
}

/** @throws SigningError if the key can't be used, or the signature doesn't match it */
export async function makeSignature(
  signer: Signer,
  bytes: Uint8Array,
  deadline: Deadline,
): Promise<{ readonly key: PublicKey; readonly signature: Uint8Array }> {
  const key = await publicKeyFrom(signer, deadline);
  deadline.signal.throwIfAborted(); // the caller doesn't wait for work that goes on after the abort
  const signature = await usedFor('sign', () => signer.sign(bytes, deadline));
  if (isSignature(key, bytes, signature)) return { key, signature };
  throw new SigningError(
    `the signature doesn't match the public key ${key.fingerprint}. Check the signing key, then run again`,
  );
}

/** A signer's bug has a message that may quote anything, so it is left out. */
async function usedFor(what: string, call: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SigningError) throw error;
    const name = error instanceof Error ? error.name : typeof error;
    throw new SigningError(`the signing key could not be used to ${what} (${name}). Check the key, then run again`, {
      cause: error,
    });
  }
}
