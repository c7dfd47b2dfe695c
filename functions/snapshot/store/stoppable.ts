/** A store whose calls end as soon as a signal aborts, even a call that hangs. */
import { setMaxListeners } from 'node:events';
import type { Store } from './store.ts';

/** Thrown by the calls of a store that was stopped. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

type Within = <T>(start: () => Promise<T>) => Promise<T>;

/** A call that was started may still take effect after the store was stopped. */
export function stoppable(store: Store, signal: AbortSignal): Store {
  setMaxListeners(0, signal); // many calls are in flight at once
  const within: Within = (start) => untilAborted(signal, start);
  const open = async (key: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
    const chunks = await store.open(key);
    return chunks && eachWithin(chunks, within);
  };
  return {
    location: store.location,
    list: (folder) => within(() => store.list(folder)),
    read: (key, most) => within(() => store.read(key, most)),
    open: (key) => within(() => open(key)),
    create: (key, bytes) => within(() => store.create(key, bytes)),
    proveCreateOnly: (key) => within(() => store.proveCreateOnly(key)),
    replace: (key, bytes) => within(() => store.replace(key, bytes)),
    stage: (key, execution) => within(() => store.stage(key, execution)),
    putInPlace: (object) => within(() => store.putInPlace(object)),
    isInPlace: (object, execution) => within(() => store.isInPlace(object, execution)),
    isStaged: (object) => within(() => store.isStaged(object)),
    drop: (object) => within(() => store.drop(object)),
    removeStale: (keep, now) => within(() => store.removeStale(keep, now)),
    probe: (execution) => within(() => store.probe(execution)),
  };
}

/** Not `Promise.race`: with a promise that outlives every call, it would keep all results in memory. */
function untilAborted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new StoppedError('the store was stopped'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    return start()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

async function* eachWithin<T>(items: AsyncIterable<T>, within: Within): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    iterator.return?.().catch(() => undefined); // not awaited, since it waits for a chunk that hangs
  }
}
