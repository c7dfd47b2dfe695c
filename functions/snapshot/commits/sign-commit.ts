/** Signs a commit before it is created. A reader that sees the commit then finds its signature and the public key. */

import { KEYS } from '../contract.ts';
import type { Deadline } from '../deadline.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Commit } from './commit.ts';
import { documentBytes } from './document.ts';
import { makeSignature } from './make-signature.ts';
import { type Signer, SigningError } from './signer.ts';

/**
 * Stores the public key, unless the store has it, and the signature of the bytes that `createCommit` will write.
 * @returns the key's fingerprint
 * @throws SigningError, or StoreError if the store fails. Neither says anything about the commit, which can be created unsigned
 */
export async function signCommit(store: Store, signer: Signer, commit: Commit, deadline: Deadline): Promise<string> {
  const { signal } = deadline;
  const { key, signature } = await makeSignature(signer, documentBytes(commit), deadline);
  const name = KEYS.publicKey(key.fingerprint);
  const pem = Buffer.from(key.pem);
  signal.throwIfAborted();
  if (!(await isStored(store, name, pem))) await createExactly(store, name, pem);
  signal.throwIfAborted();
  await createExactly(store, KEYS.signature(commit.commit, commit.execution), signature);
  return key.fingerprint;
}

/** Creates an object with these bytes. If it exists with them, an earlier call created it and its response was lost. */
async function createExactly(store: Store, key: string, bytes: Uint8Array): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const failure = await failureOf(store.create(key, bytes));
    if (failure === undefined || (await isStored(store, key, bytes))) return;
    if (failure !== 'exists') throw failure;
  }
  throw new StoreError(`${store.location}: ${key} exists, but can't be read. Run again`); // another write was in flight
}

/** @returns undefined if the object was created */
async function failureOf(creation: Promise<'created' | 'exists'>): Promise<StoreError | 'exists' | undefined> {
  try {
    return (await creation) === 'created' ? undefined : 'exists';
  } catch (error) {
    if (error instanceof StoreError) return error; // the call may have taken effect
    throw error;
  }
}

/** @throws SigningError if the object has other bytes */
async function isStored(store: Store, key: string, bytes: Uint8Array): Promise<boolean> {
  const stored = await store.read(key, bytes.byteLength);
  if (stored && !stored.equals(bytes))
    throw new SigningError(
      `${store.location}: ${key} exists with other content. Find out who wrote it, and run verify`,
    );
  return stored !== undefined;
}
