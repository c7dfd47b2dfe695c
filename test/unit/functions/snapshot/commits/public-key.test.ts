import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeSignature, publicKeyFrom } from '../../../../../functions/snapshot/commits/make-signature.ts';
import {
  isSignature,
  publicDerOf,
  publicKeyIn,
  publicKeyOf,
} from '../../../../../functions/snapshot/commits/public-key.ts';
import { SigningError } from '../../../../../functions/snapshot/commits/signer.ts';
import { compressed, newKey } from '../../../../support/signed-store.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { deadlineIn } from '../../../../support/take.ts';

/** The one rule for public keys, of signers and of stores: P-256, named, with an uncompressed point. */

const derOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const der = derOf(pair.publicKey);
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });

describe('a public key on P-256', () => {
  test('has the SHA-256 of its DER as fingerprint, and is read back from its own PEM', () => {
    const key = publicKeyOf(der);
    expect(key).toMatchObject({ fingerprint: sha256(der), pem });
    expect(publicKeyIn(Buffer.from(pem))).toMatchObject({ fingerprint: sha256(der), pem });
    const bytes = Buffer.from('a commit');
    expect(key && isSignature(key, bytes, sign('sha256', bytes, pair.privateKey))).toBe(true);
  });

  test('has only one fingerprint, so it is rejected with explicit parameters or a compressed point', () => {
    const others = { 'explicit parameters': explicit.publicKey, 'a compressed point': compressed(pem) };
    for (const [name, key] of Object.entries(others)) {
      expect(key.asymmetricKeyDetails?.namedCurve, name).toBe('prime256v1'); // so the name of the curve proves nothing
      expect(publicKeyOf(derOf(key)), name).toBeUndefined();
      expect(publicKeyIn(Buffer.from(key.export({ type: 'spki', format: 'pem' }))), name).toBeUndefined();
    }
  });

  test('that a file holds in another encoding becomes the usual one', () => {
    expect(publicDerOf(compressed(pem))).toEqual(der);
    for (const key of [explicit.publicKey, explicit.privateKey]) {
      const usual = publicDerOf(key);
      expect(usual).toHaveLength(91);
      expect(publicKeyOf(usual)?.key.equals(createPublicKey({ key: usual, format: 'der', type: 'spki' }))).toBe(true);
    }
  });
});

describe('a signer whose public key is not a P-256 key in the usual encoding', () => {
  test.each([
    ['explicit parameters', derOf(explicit.publicKey)],
    ['a compressed point', derOf(compressed(pem))],
    ['P-384', derOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['RSA', derOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['a byte after the key', Buffer.concat([der, Buffer.alloc(1)])],
    ['PEM', Buffer.from(newKey().pem)],
    ['nothing', Buffer.alloc(0)],
  ])('(%s) is asked for no signature', async (_, key) => {
    const signer = { publicKey: async () => key, sign: () => Promise.reject(new Error('must not sign')) };
    const deadline = deadlineIn(1000);
    for (const call of [publicKeyFrom(signer, deadline), makeSignature(signer, Buffer.of(1), deadline)]) {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SigningError);
      expect(error).toHaveProperty('message', expect.stringContaining('Sign with an ECC_NIST_P256 key'));
    }
  });
});
