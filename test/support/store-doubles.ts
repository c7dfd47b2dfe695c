import { Readable } from 'node:stream';
import { commitNumberOf } from '../../functions/snapshot/contract.ts';
import { StoreError } from '../../functions/snapshot/errors.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';

/** Real stores that misbehave. Each kind of failure that tests need is a way to perform a store's calls. */

export type Around = <T>(call: string, perform: () => Promise<T>, key: string) => Promise<T>;

/** A store that passes each of its calls, and each call of its stagings, to `around`. */
export function watched(store: Store, around: Around, onStaging: (staging: Staging) => void = () => undefined): Store {
  const stage = async (key: string, execution: string): Promise<Staging> => {
    const staging = await store.stage(key, execution);
    onStaging(staging);
    return {
      write: (bytes) => around('write', () => staging.write(bytes), key),
      close: () => around('close', () => staging.close(), key),
      drop: () => around('give up', () => staging.drop(), key),
    };
  };
  // Reads the whole object, so that no file stays open if the run is dead when it gets the result.
  const open = async (key: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
    const bytes = await store.read(key, Infinity);
    return bytes && Readable.from([bytes]);
  };
  return {
    location: store.location,
    list: (folder) => around('list', () => store.list(folder), folder),
    read: (key, most) => around('read', () => store.read(key, most), key),
    open: (key) => around('open', () => open(key), key),
    create: (key, bytes) => around('create', () => store.create(key, bytes), key),
    proveCreateOnly: (key) => around('proveCreateOnly', () => store.proveCreateOnly(key), key),
    replace: (key, bytes) => around('replace', () => store.replace(key, bytes), key),
    stage: (key, execution) => around('stage', () => stage(key, execution), key),
    putInPlace: (object) => around('putInPlace', () => store.putInPlace(object), object.key),
    isInPlace: (object, execution) => around('isInPlace', () => store.isInPlace(object, execution), object.key),
    isStaged: (object) => around('isStaged', () => store.isStaged(object), object.key),
    drop: (object) => around('drop', () => store.drop(object), object.key),
    removeStale: (keep, now) => around('removeStale', () => store.removeStale(keep, now), '.'),
    probe: (execution) => around('probe', () => store.probe(execution), '.'),
  };
}

const WRITES: readonly string[] = ['create', 'replace', 'putInPlace', 'drop'];
export const isWrite = (call: string): boolean => WRITES.includes(call);
export const isCommit = (key: string): boolean => commitNumberOf(key) !== undefined;
export const isRaw = (key: string): boolean => key.startsWith('raw/');

/** A call that takes effect but whose response is lost. */
export async function responseLost(perform: () => Promise<unknown>): Promise<never> {
  await perform();
  throw new StoreError('the response was lost');
}

/** A call that has no effect. */
export async function callLost(): Promise<never> {
  throw new StoreError('the call was lost');
}

/** A store in which another run promotes each manifest right before the run does, so that the run has to read it. */
export const overtaken = (store: Store): Store =>
  watched(store, async (call, perform, key) => {
    if (call === 'putInPlace' && key.startsWith('manifests/')) await perform();
    return perform();
  });

/** A store that keeps chosen writes for later. The run sees each of them fail. */
export class DelayedStore {
  readonly store: Store;
  readonly late: (() => Promise<unknown>)[] = [];
  #writes = 0;

  constructor(store: Store, isDelayed: (call: string, key: string, n: number) => boolean) {
    this.store = watched(store, (call, perform, key) => {
      if (!isWrite(call) || !isDelayed(call, key, ++this.#writes)) return perform();
      this.late.push(perform);
      return callLost();
    });
  }

  get writes(): number {
    return this.#writes;
  }

  /** Performs the delayed calls, in their order or in another. */
  async arrive(calls: readonly (() => Promise<unknown>)[] = this.late): Promise<void> {
    for (const perform of calls) await perform();
  }
}

/** Thrown by every call of a dead run. */
export class Killed extends Error {}

/** Whether a run dies before a call takes effect or right after. */
export type Moment = 'before' | 'after';

/** Which of the calls that a run makes together arrives first. So those in flight when it dies have arrived, or they never do. */
export type Arrival = 'first call first' | 'last call first';

export interface Death {
  readonly moment: Moment;
  readonly arrival?: Arrival;
}

/** A store whose run dies in the n-th call that arrives. That call and all later ones throw. */
export class DyingStore {
  readonly store: Store;
  #calls = 0;
  #dead = false;
  readonly #underWay = new Set<Promise<unknown>>();
  #together: (() => void)[] = [];

  constructor(store: Store, n: number, { moment, arrival }: Death, onStaging?: (staging: Staging) => void) {
    const around: Around = async (_, perform) => {
      if (arrival === 'last call first') await this.#turn();
      const dies = ++this.#calls === n;
      this.#dead ||= dies && moment === 'before';
      if (this.#dead) throw new Killed();
      const work = perform();
      this.#underWay.add(work);
      const result = await work;
      this.#dead ||= dies;
      if (this.#dead) throw new Killed();
      return result;
    };
    this.store = watched(store, around, onStaging);
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Waits for the calls that were in flight when the run died. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Waits until the calls that were made after this one, in the same turn of the event loop, have arrived. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#together.push(resolve);
      if (this.#together.length > 1) return;
      setImmediate(() => {
        const arrivals = this.#together.reverse();
        this.#together = [];
        for (const arrive of arrivals) arrive();
      });
    });
  }
}

/** A store whose run dies once it has committed and promoted this many objects. */
export function dyingInFinish(store: Store, placed: number): Store {
  let committed = false;
  let left = placed;
  return watched(store, async (call, perform, key) => {
    if (committed && isWrite(call) && !(call === 'putInPlace' && left-- > 0)) throw new Killed();
    const result = await perform();
    committed ||= call === 'create' && isCommit(key);
    return result;
  });
}
