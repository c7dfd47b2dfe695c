/** Reads the public keys of a store. Believes a key only if the SHA-256 of its DER is its name. */
import { type PublicKey, publicKeyIn } from '../commits/public-key.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding } from './findings.ts';
import { isHidden } from './untracked.ts';

export interface PublicKeys {
  readonly keys: readonly PublicKey[];
  readonly findings: readonly Finding[];
}

/**
 * Reads `keys/`, except hidden names. Read it after the commits were listed, since a key is stored before the first commit that it signs.
 * @param required fingerprints that must be there
 */
export async function readPublicKeys(store: Store, required: readonly string[]): Promise<PublicKeys> {
  const listed = (await store.list(FOLDERS.keys)).filter((key) => !isHidden(key));
  const keys: PublicKey[] = [];
  const findings: Finding[] = [];
  for await (const { key: name, bytes } of readAll(store, listed)) {
    const key = publicKeyIn(bytes);
    if (key && name === KEYS.publicKey(key.fingerprint)) keys.push(key);
    else findings.push(damaged(name, 'is not a P-256 public key whose fingerprint is its name'));
  }
  for (const name of required.map(KEYS.publicKey))
    if (!listed.includes(name))
      findings.push(damaged(name, "is missing, though this key was given: its signatures can't be checked"));
  return { keys, findings };
}
