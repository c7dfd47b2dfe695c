/** Signers with a key of their own, and OpenSSL's judgement of what they signed. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Signer } from '../../functions/snapshot/commits/signer.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { commitOf, sha256 } from './stored-commits.ts';

export interface TestSigner extends Signer {
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
  /** The public key as it is stored. */
  readonly pem: string;
}

export function newSigner(namedCurve = 'P-256'): TestSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    fingerprint: sha256(der),
    privateKey,
    pem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    publicKey: async () => der,
    sign: async (bytes) => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' }),
  };
}

/** What `openssl dgst` prints about the signature of a commit under a stored key: `Verified OK`, or why not. */
export async function opensslOn(store: Store, number: number, fingerprint: string): Promise<string> {
  const { execution } = await commitOf(store, number);
  const keys = [KEYS.publicKey(fingerprint), KEYS.signature(number, execution), KEYS.commit(number)];
  const folder = await mkdtemp(join(tmpdir(), 'signature-'));
  try {
    for (const [i, key] of keys.entries())
      await writeFile(join(folder, `${i}`), (await store.read(key)) ?? `${key} isn't there`);
    const words = ['dgst', '-sha256', '-verify', '0', '-signature', '1', '2'];
    return await promisify(execFile)('openssl', words, { cwd: folder }).then(
      ({ stdout }) => stdout.trim(),
      (error: { readonly stdout: string; readonly stderr: string }) => `${error.stdout}${error.stderr}`.trim(),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The keys of the signatures in a store. */
export const signaturesIn = async (store: Store): Promise<string[]> =>
  (await store.list('commits/')).filter((key) => key.endsWith('.sig'));
