/** The store of a recomputation: reads from the real one, hashes what is staged, and writes nothing. */
import { createHash } from 'node:crypto';
import type { Staging, Store } from '../../store/store.ts';

/** Receives the staged bytes of one object. */
export type OnBytes = (key: string, bytes: Uint8Array) => Promise<void>;

/** @param open opens an object for reading */
export function readOnly(store: Store, open: Store['open'], onBytes: OnBytes): Store {
  return {
    location: store.location,
    list: (folder) => store.list(folder),
    read: (key, most) => store.read(key, most),
    open,
    create: refuse,
    proveCreateOnly: refuse,
    replace: refuse,
    stage: async (key) => hashedStaging((bytes) => onBytes(key, bytes)),
    putInPlace: refuse,
    isInPlace: (object, execution) => store.isInPlace(object, execution),
    isStaged: (object) => store.isStaged(object),
    drop: async () => undefined,
    removeStale: refuse,
    probe: refuse,
  };
}

const refuse = async (): Promise<never> => {
  throw new TypeError('a recomputation must not write to the store');
};

function hashedStaging(onBytes: (bytes: Uint8Array) => Promise<void>): Staging {
  const hash = createHash('sha256');
  let size = 0;
  return {
    write: async (bytes) => {
      hash.update(bytes);
      size += bytes.byteLength;
      await onBytes(bytes);
    },
    close: async () => ({ bytes: size, sha256: hash.digest('hex'), staged: { path: '' } }),
    drop: async () => undefined,
  };
}
