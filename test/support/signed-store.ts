/** Signs the commits of a folder after its runs, with keys that a test holds. Uses node:crypto alone, not the product's own signing. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { commitNumbers } from '../../functions/snapshot/commits/commit-log.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { commitOf } from './stored-commits.ts';

export interface SigningKey {
  readonly fingerprint: string;
  /** As it is stored in `keys/`. */
  readonly pem: string;
  /** An ECDSA signature in DER. */
  sign(bytes: Uint8Array): Buffer;
}

export function newKey(namedCurve = 'P-256'): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    fingerprint: fingerprintOf(publicKey),
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => sign('sha256', bytes, privateKey),
  };
}

const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** The same public key, in the shorter of its two forms. */
export function compressed(pem: string): KeyObject {
  const point = createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(-65);
  const header = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  const parity = Buffer.from([2 + (point.readUInt8(64) & 1)]);
  return createPublicKey({ key: Buffer.concat([header, parity, point.subarray(1, 33)]), format: 'der', type: 'spki' });
}

/** Stores the key, and signs these commits with it. Default: all. Replaces what is there. */
export async function signCommits(folder: string, key: SigningKey, only?: readonly number[]): Promise<void> {
  const store = new FolderStore(folder);
  await storeKey(folder, key);
  for (const number of only ?? (await commitNumbers(store)))
    await store.replace(await signatureKey(folder, number), key.sign(await commitBytes(folder, number)));
}

export const storeKey = (folder: string, key: SigningKey, name = key.fingerprint): Promise<void> =>
  new FolderStore(folder).replace(KEYS.publicKey(name), Buffer.from(key.pem));

/** The key of the signature that belongs to a commit. */
export async function signatureKey(folder: string, number: number): Promise<string> {
  return KEYS.signature(number, (await commitOf(new FolderStore(folder), number)).execution);
}

export async function commitBytes(folder: string, number: number): Promise<Buffer> {
  const bytes = await new FolderStore(folder).read(KEYS.commit(number));
  if (!bytes) throw new Error(`commit ${number} is missing`);
  return bytes;
}
