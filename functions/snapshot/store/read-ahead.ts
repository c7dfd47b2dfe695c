/** A run's view of its store while it begins: it reads what it will need together, and nothing twice. */
import { commitNumberOf, MOST_BYTES } from '../contract.ts';
import type { Store } from './store.ts';

export interface ReadAheadStore extends Store {
  /**
   * Reads these objects together and remembers those that exist. A failed read is left to the caller that needs the object, which reads
   * it again.
   * @returns the bytes of each. Undefined if there is no such object, or it could not be read
   */
  readAhead(keys: readonly string[]): Promise<(Buffer | undefined)[]>;
  /** Forgets everything but the commits, which are never replaced. */
  forget(): void;
}

/** Remembers only what it reads ahead, until the run writes to that key or `forget` is called. */
export function readingAhead(store: Store): ReadAheadStore {
  const known = new Map<string, Buffer>();
  const isCommit = (key: string): boolean => commitNumberOf(key) !== undefined;
  const write = async <T>(key: string, call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } finally {
      known.delete(key); // also after a failure: the call may have taken effect
    }
  };
  return {
    location: store.location,
    list: (folder) => store.list(folder),
    read: async (key, most) => known.get(key) ?? store.read(key, most),
    open: (key) => store.open(key),
    create: (key, bytes) => write(key, store.create(key, bytes)),
    proveCreateOnly: (key) => store.proveCreateOnly(key),
    replace: (key, bytes) => write(key, store.replace(key, bytes)),
    stage: (key, execution) => store.stage(key, execution),
    putInPlace: (object) => write(object.key, store.putInPlace(object)),
    isInPlace: (object, execution) => store.isInPlace(object, execution),
    isStaged: (object) => store.isStaged(object),
    drop: (object) => store.drop(object),
    removeStale: (keep, now) => store.removeStale(keep, now),
    probe: (execution) => store.probe(execution),
    readAhead: async (keys) => {
      const reads = keys.map(async (key) => {
        const bytes = await store.read(key, isCommit(key) ? MOST_BYTES.commit : undefined);
        if (bytes) known.set(key, bytes);
        return bytes;
      });
      return (await Promise.allSettled(reads)).map((read) => (read.status === 'fulfilled' ? read.value : undefined));
    },
    forget: () => {
      for (const key of known.keys()) if (!isCommit(key)) known.delete(key);
    },
  };
}
