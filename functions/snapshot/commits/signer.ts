/** The port through which commits are signed. */

import type { Deadline } from '../deadline.ts';

/** Signs with one ECC key on the curve P-256. Both calls throw SigningError if the key can't be used, whatever the reason. */
export interface Signer {
  /** The public key: DER of its SubjectPublicKeyInfo. */
  publicKey(deadline: Deadline): Promise<Uint8Array>;
  /** ECDSA signature over the SHA-256 of the bytes, in DER. */
  sign(bytes: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
}

/** A commit can't be signed. It never ends a run: the snapshot is published unsigned. The message says what to do. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}
