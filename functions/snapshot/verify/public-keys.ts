/** Reads the public keys of a store. Believes a key only if the SHA-256 of its DER is its name. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { sha256Of } from '../commits/document.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding } from './findings.ts';
import { isHidden } from './untracked.ts';

export interface PublicKey {
  /** SHA-256 of the DER, in hex. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

export interface PublicKeys {
  readonly keys: readonly PublicKey[];
  readonly findings: readonly Finding[];
}

/**
 * Reads `keys/`, except hidden names. Read it after the commits were listed, since a key is stored before the first commit that it signs.
 * @param given fingerprints that must be there
 */
export async function readPublicKeys(store: Store, given: readonly string[]): Promise<PublicKeys> {
  const listed = (await store.list(FOLDERS.keys)).filter((key) => !isHidden(key));
  const keys: PublicKey[] = [];
  const findings: Finding[] = [];
  for await (const { key: name, bytes } of readAll(store, listed)) {
    const key = parsePublicKey(name, bytes);
    if (key) keys.push(key);
    else findings.push(damaged(name, 'is not a P-256 public key whose fingerprint is its name'));
  }
  for (const name of given.map(KEYS.publicKey))
    if (!listed.includes(name))
      findings.push(damaged(name, "is missing, though this key was given: its signatures can't be checked"));
  return { keys, findings };
}

function parsePublicKey(name: string, bytes: Buffer): PublicKey | undefined {
  const key = keyIn(bytes);
  if (key?.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  const fingerprint = sha256Of(key.export({ type: 'spki', format: 'der' }));
  const isExact = Buffer.from(key.export({ type: 'spki', format: 'pem' })).equals(bytes);
  return isExact && name === KEYS.publicKey(fingerprint) ? { fingerprint, key } : undefined;
}

const BEGINNING = '-----BEGIN PUBLIC KEY-----\n';

/** Undefined if the bytes are no public key in PEM. A private key is none, although a public key can be derived from it. */
function keyIn(bytes: Buffer): KeyObject | undefined {
  if (!bytes.toString('latin1').startsWith(BEGINNING)) return undefined;
  try {
    return createPublicKey(bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL_')) return undefined;
    throw error;
  }
}
