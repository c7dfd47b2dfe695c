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

/**
 * Parses the DER of a SubjectPublicKeyInfo.
 * @returns undefined if it isn't one, isn't of a key on P-256, or isn't the usual encoding, since a key must have only one fingerprint
 */
export function publicKeyOf(der: Uint8Array): PublicKey | undefined {
  const key = parsed(der);
  if (!key || !isOnCurve(key) || !publicDerOf(key).equals(der)) return undefined;
  return { fingerprint: sha256Of(der), pem: String(key.export({ type: 'spki', format: 'pem' })), key };
}

const PEM = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/;

/** Parses a stored public key. Undefined if it isn't exactly what `publicKeyOf` would store. A private key is rejected, too. */
export function publicKeyIn(pem: Buffer): PublicKey | undefined {
  const [, base64] = PEM.exec(pem.toString('latin1')) ?? [];
  const key = base64 === undefined ? undefined : publicKeyOf(Buffer.from(base64, 'base64'));
  return key && pem.equals(Buffer.from(key.pem)) ? key : undefined;
}

/** The DER of a private or public key's SubjectPublicKeyInfo: with the curve's name and the point uncompressed, as KMS encodes it. */
export function publicDerOf(key: KeyObject): Buffer {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

function parsed(der: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch {
    return undefined; // OpenSSL's errors only say where parsing stopped
  }
}

/** Whether this is a DER signature of the bytes' SHA-256 by this key. */
export const isSignature = ({ key }: Pick<PublicKey, 'key'>, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify('sha256', bytes, { key, dsaEncoding: 'der' }, signature);
