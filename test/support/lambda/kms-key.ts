/** A key of the KMS double. It signs with a real private key, unless its state or its type forbids it. */

import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { GetPublicKeyResponse, KeySpec, KeyState, KeyUsageType, SignResponse } from '@aws-sdk/client-kms';
import { p256 } from '@noble/curves/nist.js';
import type { KmsCall, Problem } from './kms-model.ts';

/** As JSON: bytes are in Base64. */
type Json<T> = { readonly [Name in keyof T]: T[Name] extends Uint8Array | undefined ? string : T[Name] };
type Result = Json<GetPublicKeyResponse> | Json<SignResponse>;

export interface KmsKeyChoices {
  readonly spec?: Extract<KeySpec, 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'RSA_2048'>;
  readonly usage?: KeyUsageType;
}

export class KmsKey {
  readonly arn = `arn:aws:kms:eu-central-1:123456789012:key/${randomUUID()}`;
  readonly publicKey: KeyObject;
  state: KeyState = 'Enabled';
  readonly #privateKey: KeyObject;
  readonly #spec: KeySpec;
  readonly #usage: KeyUsageType;

  constructor({ spec = 'ECC_NIST_P256', usage = 'SIGN_VERIFY' }: KmsKeyChoices = {}) {
    this.#spec = spec;
    this.#usage = usage;
    const { publicKey, privateKey } =
      spec === 'RSA_2048'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: spec === 'ECC_NIST_P256' ? 'P-256' : 'P-384' });
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  respond(call: KmsCall): Result | Problem {
    if (call.input.KeyId !== this.arn) return { error: 'NotFoundException', message: `Key '${call.input.KeyId}'` };
    if (this.state === 'Disabled') return { error: 'DisabledException', message: `${this.arn} is disabled.` };
    if (this.state !== 'Enabled')
      return { error: 'KMSInvalidStateException', message: `${this.arn} is ${this.state}.` };
    return call.operation === 'Sign' ? this.#sign(call.input) : this.#described();
  }

  #described(): Json<GetPublicKeyResponse> {
    return {
      KeyId: this.arn,
      PublicKey: this.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      KeySpec: this.#spec,
      KeyUsage: this.#usage,
      ...(this.#usage === 'SIGN_VERIFY' && { SigningAlgorithms: ['ECDSA_SHA_256'] }),
    };
  }

  /** Node.js can't sign a digest: it hashes what it signs. */
  #sign({
    Message,
    MessageType,
    SigningAlgorithm,
  }: Extract<KmsCall, { operation: 'Sign' }>['input']): Result | Problem {
    const isOfKey = this.#spec === 'ECC_NIST_P256' && SigningAlgorithm === 'ECDSA_SHA_256';
    if (!isOfKey || this.#usage !== 'SIGN_VERIFY') return { error: 'InvalidKeyUsageException', message: this.arn };
    const secret = Buffer.from(this.#privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const prehash = MessageType === 'RAW';
    const signature = p256.sign(Message, secret, { prehash, format: 'der', lowS: false });
    return { KeyId: this.arn, Signature: Buffer.from(signature).toString('base64'), SigningAlgorithm };
  }
}
