/** Signs with the private key in a PEM file. A file that can't sign is rejected before anything is requested. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { isOnCurve, isSignature, publicDerOf } from '../snapshot/commits/public-key.ts';
import type { Signer } from '../snapshot/commits/signer.ts';
import { SettingsError } from '../snapshot/errors.ts';

const PROBE = Buffer.from('signed to compare the halves of the key');
/** Far more than a key needs, even after a comment. */
const LARGEST_FILE = 65_536;
/** The first byte of a key in DER. In PEM, it would be the digit 0. */
const DER_SEQUENCE = 0x30;
const EXPECTED =
  'Expected an unencrypted private EC key on the curve P-256 in PEM, as written by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256';

/** @throws SettingsError that never quotes the file's content */
export async function readPemSigner(path: string): Promise<Signer> {
  const key = privateKeyOf(await readPem(path), path);
  const der = publicDerOf(key);
  const signed = (bytes: Uint8Array) => sign('sha256', bytes, { key, dsaEncoding: 'der' });
  // A file holds both halves of a key, and OpenSSL doesn't compare them.
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (!isSignature({ key: publicKey }, PROBE, signed(PROBE)))
    throw refused(path, "holds a private key that doesn't match its public key");
  return { publicKey: async () => der, sign: async (bytes) => signed(bytes) };
}

/** Reads it as a stream, so that the key may come from a pipe, and a device that never ends is cut off. */
async function readPem(path: string): Promise<Buffer> {
  if (path === '') throw new SettingsError('--sign-key: the path is empty. Give the path of a PEM file');
  const bytes = await readStart(path);
  if (bytes.byteLength > LARGEST_FILE) throw refused(path, `has more than ${LARGEST_FILE / 1024} KiB`);
  return bytes;
}

async function readStart(path: string): Promise<Buffer> {
  try {
    return await buffer(createReadStream(path, { end: LARGEST_FILE }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new SettingsError(`--sign-key: ${path} can't be read${code}. Check the path and its permissions`);
  }
}

function privateKeyOf(bytes: Buffer, path: string): KeyObject {
  const key = parsed(String(bytes));
  if (!key) throw refused(path, kindOf(bytes));
  if (isOnCurve(key)) return key;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  throw refused(path, `holds a key of type ${key.asymmetricKeyType}${curve === undefined ? '' : ` on ${curve}`}`);
}

function parsed(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // OpenSSL's errors only say where parsing stopped
  }
}

/** What a file that holds no usable private key probably is. */
function kindOf(bytes: Buffer): string {
  const pem = String(bytes);
  if (/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem)) return 'is encrypted';
  if (/^-----BEGIN (\w+ )?PUBLIC KEY-----/m.test(pem)) return 'holds a public key';
  if (/^-----BEGIN CERTIFICATE-----/m.test(pem)) return 'holds a certificate';
  if (bytes[0] === DER_SEQUENCE) return 'is in DER, not in PEM';
  return 'holds no private key that can be read';
}

const refused = (path: string, why: string): SettingsError =>
  new SettingsError(`--sign-key: ${path} ${why}. ${EXPECTED}`);
