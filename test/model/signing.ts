import { createPublicKey } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { publicDerOf, publicKeyOf } from '../../functions/snapshot/commits/public-key.ts';
import { SigningError } from '../../functions/snapshot/commits/signer.ts';
import { FOLDERS, signatureOf } from '../../functions/snapshot/contract.ts';
import type { Call } from './calls.ts';
import { sha256Of } from './uploads.ts';

// The signing key of every run. Its signatures depend on the bytes alone (RFC 6979), because runs are replayed.
const SECRET = Buffer.alloc(32, 7);
const POINT = Buffer.from(p256.getPublicKey(SECRET, false));
const JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: POINT.subarray(1, 33).toString('base64url'),
  y: POINT.subarray(33).toString('base64url'),
};
export const SIGNING_DER = publicDerOf(createPublicKey({ key: JWK, format: 'jwk' }));
const KEY = publicKeyOf(SIGNING_DER);
if (!KEY) throw new Error('the signing key is not a P-256 key');
export const SIGNING_KEY = KEY;

const made = new Map<string, Buffer>();

/** A real signature by the key, the same for the same bytes. */
export function signatureFor(bytes: Uint8Array): Buffer {
  const hash = sha256Of(bytes);
  const signature =
    made.get(hash) ?? Buffer.from(p256.sign(bytes, SECRET, { prehash: true, format: 'der', lowS: false }));
  made.set(hash, signature);
  return signature;
}

export const signingFailure = (): SigningError => new SigningError('the signing key did not respond');

/** Whether an object is a signature or a public key. */
export const isSigningKey = (key: string): boolean => key.startsWith(FOLDERS.keys) || signatureOf(key) !== undefined;

/** Whether a call serves only signing or reporting whether a commit is signed. */
export const isSigningCall = (call: Call): boolean => call.kind === 'sign' || ('key' in call && isSigningKey(call.key));

/** Whether the signature's name has an attempt of this run. */
export const isSignatureOf = (key: string, name: string): boolean =>
  signatureOf(key)?.execution.startsWith(name) === true;
