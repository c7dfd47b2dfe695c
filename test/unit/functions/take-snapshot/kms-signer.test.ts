import { createHash, verify } from 'node:crypto';
import type { KeyState, KMSClientConfig } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { SigningError } from '../../../../functions/snapshot/commits/signer.ts';
import { KmsSigner, newKmsClient } from '../../../../functions/take-snapshot/kms-signer.ts';
import { everythingIn } from '../../../support/canary.ts';
import { type KmsDouble, type KmsFault, serveKms } from '../../../support/lambda/kms-double.ts';
import { KmsKey } from '../../../support/lambda/kms-key.ts';
import { patienceOf, QUICK } from '../../../support/lambda/patience.ts';
import { deadlineIn } from '../../../support/take.ts';

const CREDENTIALS = { accessKeyId: 'AKIDOUBLE', secretAccessKey: 'nothing-secret' };
const COMMIT = Buffer.from('{"commit":1}\n');
const zeros = (length: number) => Buffer.alloc(length).toString('base64');
const soon = () => deadlineIn(60_000);

async function newKms(): Promise<KmsDouble> {
  const kms = await serveKms();
  onTestFinished(() => kms.close());
  return kms;
}

const signerOf = ({ endpoint, key }: KmsDouble, options: KMSClientConfig = {}) =>
  new KmsSigner(newKmsClient({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS, ...options }), key.arn);

async function failureOf(work: Promise<unknown>): Promise<SigningError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SigningError)) throw error ?? new Error('it was signed');
  return error;
}

/** What the operator reads, without the key's name. */
async function reasonOf(kms: KmsDouble, work: Promise<unknown>): Promise<string> {
  const { message } = await failureOf(work);
  const start = `the signing key ${kms.key.arn} could not be used: `;
  expect(message.slice(0, start.length)).toBe(start);
  return message.slice(start.length);
}

test('a commit of any size is signed as its SHA-256, and the public key verifies it', async () => {
  const kms = await newKms();
  const signer = signerOf(kms);
  const key = { key: Buffer.from(await signer.publicKey(soon())), format: 'der', type: 'spki' } as const;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 10_000, size: 'max' }), async (bytes) => {
      const signature = await signer.sign(bytes, soon());
      expect(verify('sha256', bytes, key, signature)).toBe(true);
    }),
    { numRuns: 20 },
  );
  expect(kms.refused).toEqual([]);
  const Message = createHash('sha256').update(COMMIT).digest();
  await signer.sign(COMMIT, soon());
  const input = { KeyId: kms.key.arn, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };
  expect(kms.calls.at(-1)).toEqual({ operation: 'Sign', input });
});

test('the client that the function creates waits for KMS for seconds only, and tries three times', async () => {
  const kms = await newKms();
  const client = newKmsClient({ endpoint: kms.endpoint, region: 'eu-central-1', credentials: CREDENTIALS });
  await new KmsSigner(client, kms.key.arn).publicKey(soon());
  expect(await patienceOf(client)).toEqual({ ...QUICK, maxAttempts: 3 });
});

test('the public key is read once, but read again if that failed', async () => {
  const kms = await newKms();
  const signer = signerOf(kms);
  kms.fault((n) => (n === 1 ? { error: 'AccessDeniedException' } : undefined));
  await failureOf(signer.publicKey(soon()));
  const key = await signer.publicKey(soon());
  expect(await signer.publicKey(soon())).toBe(key);
  expect(Buffer.from(key)).toEqual(kms.key.publicKey.export({ type: 'spki', format: 'der' }));
  expect(kms.calls).toHaveLength(2);
});

test.for<[string, string]>([
  ['AccessDeniedException', 'Allow kms:Sign on it'],
  ['DisabledException', 'Enable it'],
  ['KMSInvalidStateException', 'It may be scheduled for deletion: cancel the deletion'],
  ['NotFoundException', 'No such key in this account and region: fix SNAPSHOT_SIGNING_KEY'],
  ['InvalidArnException', 'No such key in this account and region: fix SNAPSHOT_SIGNING_KEY'],
  ['InvalidKeyUsageException', 'Use a key of type ECC_NIST_P256 for SIGN_VERIFY'],
  ['UnsupportedOperationException', 'Use a key of type ECC_NIST_P256 for SIGN_VERIFY'],
  ['SomethingNewException', 'Look up this AWS KMS error'],
])('%s is an error that says what to do, and quotes nothing of AWS', async ([error, advice]) => {
  const kms = await newKms();
  kms.fault(() => ({ error, message: 'zqxj' }));
  const failure = await failureOf(signerOf(kms).sign(COMMIT, soon()));
  expect(failure.message).toBe(`the signing key ${kms.key.arn} could not be used: ${error}. ${advice}`);
  expect(everythingIn(failure)).not.toContain('zqxj');
  expect(kms.calls).toHaveLength(1);
});

test.for<[string, KmsFault]>([
  ['is throttled', { error: 'ThrottlingException' }],
  ['exceeds a limit', { error: 'LimitExceededException' }],
  ['has an internal error', { status: 500, error: 'KMSInternalException' }],
  ['has no key for the moment', { status: 500, error: 'KeyUnavailableException' }],
  ['breaks off', 'reset'],
])('a call that %s is repeated twice', async ([, fault]) => {
  const kms = await newKms();
  const signer = signerOf(kms);
  kms.fault((n) => (n <= 2 ? fault : undefined));
  await signer.sign(COMMIT, soon());
  expect(kms.calls).toHaveLength(3);
  kms.fault(() => fault);
  expect(await reasonOf(kms, signer.sign(COMMIT, soon()))).toContain('run again later');
  expect(kms.calls).toHaveLength(6);
});

test.for<[KeyState, string]>([
  ['Disabled', 'DisabledException. Enable it'],
  ['PendingDeletion', 'KMSInvalidStateException. It may be scheduled for deletion: cancel the deletion'],
])('a key that is %s neither signs nor shows its public key', async ([state, reason]) => {
  const kms = await newKms();
  kms.key.state = state;
  const signer = signerOf(kms);
  expect(await reasonOf(kms, signer.sign(COMMIT, soon()))).toBe(reason);
  expect(await reasonOf(kms, signer.publicKey(soon()))).toBe(reason);
});

test.for([{ spec: 'ECC_NIST_P384' }, { spec: 'RSA_2048' }, { usage: 'KEY_AGREEMENT' }] as const)(
  'a key with %j is refused',
  async (choices) => {
    const kms = await newKms();
    kms.key = new KmsKey(choices);
    expect(await reasonOf(kms, signerOf(kms).publicKey(soon()))).toBe(
      'it is not a key of type ECC_NIST_P256 for SIGN_VERIFY. Sign with such a key',
    );
    expect(await reasonOf(kms, signerOf(kms).sign(COMMIT, soon()))).toContain('InvalidKeyUsageException');
  },
);

test('without permission to read the public key, the error names that permission', async () => {
  const kms = await newKms();
  kms.fault(() => ({ error: 'AccessDeniedException' }));
  expect(await reasonOf(kms, signerOf(kms).publicKey(soon()))).toBe(
    'AccessDeniedException. Allow kms:GetPublicKey on it',
  );
});

test('if KMS does not respond, the call is repeated and soon fails', async () => {
  const kms = await newKms();
  kms.fault(() => 'no answer');
  const requestHandler = { requestTimeout: 200, throwOnRequestTimeout: true };
  expect(await reasonOf(kms, signerOf(kms, { requestHandler }).sign(COMMIT, soon()))).toBe(
    'no response from KMS (ETIMEDOUT). Check the network, and run again later',
  );
  expect(kms.calls).toHaveLength(3);
});

test('the end of the time for signing ends both calls', async () => {
  const kms = await newKms();
  kms.fault(() => 'no answer');
  const signer = signerOf(kms);
  const deadline = () => ({ ...soon(), signal: AbortSignal.timeout(50) });
  expect(await reasonOf(kms, signer.sign(COMMIT, deadline()))).toContain('no response from KMS (AbortError)');
  expect(await reasonOf(kms, signer.publicKey(deadline()))).toContain('no response from KMS (AbortError)');
});

test.for<[string, object]>([
  ['without a result', {}],
  ['with a result that is not Base64', { Signature: 'ü'.repeat(5), PublicKey: 7 }],
  ['with a result of the wrong shape', { Signature: { zqxj: 1 }, PublicKey: ['zqxj'], KeySpec: {} }],
])('a response %s never throws anything but a SigningError', async ([, result]) => {
  const kms = await newKms();
  kms.fault(() => ({ result }));
  const signer = signerOf(kms);
  const signature = await signer.sign(COMMIT, soon()).catch((error: unknown) => error);
  if (!(signature instanceof Uint8Array)) expect(signature).toBeInstanceOf(SigningError);
  expect(everythingIn(await failureOf(signer.publicKey(soon())))).not.toContain('zqxj');
});

test('a key that cannot be used without AWS credentials points to the role', async () => {
  const kms = await newKms();
  const credentials = async () => {
    throw Object.assign(new Error('no canary'), { name: 'CredentialsProviderError' });
  };
  expect(await reasonOf(kms, signerOf(kms, { credentials }).sign(COMMIT, soon()))).toBe(
    'the function has no AWS credentials. Fix its role',
  );
});

test('a bug in the client is a SigningError too, without its message', async () => {
  const kms = await newKms();
  const credentials = async () => {
    throw new TypeError('zqxj');
  };
  const failure = await failureOf(signerOf(kms, { credentials }).sign(COMMIT, soon()));
  expect(failure.message).toContain('TypeError in kms:Sign, a bug in this program. Report it');
  expect(everythingIn(failure)).not.toContain('zqxj');
});

test('the double refuses what the service refuses', async () => {
  const kms = await newKms();
  const send = async (operation: string, input: object) => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIDOUBLE/20261123/eu-central-1/kms/aws4_request, SignedHeaders=host';
    const target = `TrentService.${operation}`;
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, authorization };
    const response = await fetch(kms.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
    const { __type: error } = z.looseObject({ __type: z.string().optional() }).parse(await response.json());
    return error ?? response.status;
  };
  const valid = { KeyId: kms.key.arn, Message: zeros(32), SigningAlgorithm: 'ECDSA_SHA_256' };
  expect(await send('Sign', { ...valid, MessageType: 'DIGEST' })).toBe(200);
  for (const [input, error] of [
    [{ ...valid, MessageType: 'DIGEST', Message: zeros(31) }, 'ValidationException'],
    [{ ...valid, MessageType: 'HASH' }, 'ValidationException'],
    [{ ...valid, SigningAlgorithm: 'ECDSA' }, 'ValidationException'],
    [{ ...valid, Message: zeros(4097) }, 'ValidationException'],
    [{ ...valid, KeyId: undefined }, 'SerializationException'],
    [{ ...valid, Digest: 'x' }, 'SerializationException'],
    [{ ...valid, GrantTokens: 'x' }, 'SerializationException'],
    [{ ...valid, KeyId: 'other' }, 'NotFoundException'],
    [{ ...valid, SigningAlgorithm: 'ECDSA_SHA_384' }, 'InvalidKeyUsageException'],
  ] as const)
    expect([input, await send('Sign', input)]).toEqual([input, error]);
  expect(await send('Encrypt', valid)).toBe('UnknownOperationException');
});
