/** The public keys that check signatures: P-256 only, each named by its fingerprint. */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { sha256Of } from './document.ts';

export interface PublicKey {
  /** SHA-256 of the DER, in hex. */
  readonly fingerprint: string;
  /** As it is stored. */
  readonly pem: string;
  readonly key: KeyObject;
}

/** OpenSSL's name for P-256. */
const CURVE = 'prime256v1';

export const isOnCurve = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === CURVE;

/** Parses the DER of a SubjectPublicKeyInfo. Undefined if it isn't one, or not of a key on P-256. */
export function publicKeyOf(der: Uint8Array): PublicKey | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch {
    return undefined; // OpenSSL's errors only say where parsing stopped
  }
  if (!isOnCurve(key)) return undefined;
  const fingerprint = sha256Of(key.export({ type: 'spki', format: 'der' }));
  return { fingerprint, pem: String(key.export({ type: 'spki', format: 'pem' })), key };
}

/** Whether this is a DER signature of the bytes' SHA-256 by this key. */
export const isSignature = ({ key }: Pick<PublicKey, 'key'>, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify('sha256', bytes, { key, dsaEncoding: 'der' }, signature);
