import { Readable } from 'node:stream';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';

export type Around = <T>(call: string, perform: () => Promise<T>) => Promise<T>;

/** A store each of whose calls, and each of its stagings', goes through `around`. */
export function watched(store: Store, around: Around, onStaging: (staging: Staging) => void = () => undefined): Store {
  const stage = async (key: string, execution: string): Promise<Staging> => {
    const staging = await store.stage(key, execution);
    onStaging(staging);
    return {
      write: (bytes) => around('write', () => staging.write(bytes)),
      close: () => around('close', () => staging.close()),
      drop: () => around('give up', () => staging.drop()),
    };
  };
  // Read whole, so that no file stays open where the answer goes to a run that is dead.
  const open = async (key: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
    const bytes = await store.read(key);
    return bytes && Readable.from([bytes]);
  };
  return {
    location: store.location,
    list: (folder) => around('list', () => store.list(folder)),
    read: (key) => around('read', () => store.read(key)),
    open: (key) => around('open', () => open(key)),
    create: (key, bytes) => around('create', () => store.create(key, bytes)),
    replace: (key, bytes) => around('replace', () => store.replace(key, bytes)),
    stage: (key, execution) => around('stage', () => stage(key, execution)),
    putInPlace: (object) => around('putInPlace', () => store.putInPlace(object)),
    isInPlace: (object, execution) => around('isInPlace', () => store.isInPlace(object, execution)),
    isStaged: (object) => around('isStaged', () => store.isStaged(object)),
    drop: (object) => around('drop', () => store.drop(object)),
    removeStale: (keep, now) => around('removeStale', () => store.removeStale(keep, now)),
    probe: (execution) => around('probe', () => store.probe(execution)),
  };
}

/** What a call of a run that is dead throws. */
export class Killed extends Error {}

/** A run dies before a call has an effect, or right after. */
export type Moment = 'before' | 'after';

/** A store whose run is dead from the n-th call on: that one and all that follow throw. */
export class DyingStore {
  readonly store: Store;
  #calls = 0;
  #dead = false;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(store: Store, n: number, moment: Moment, onStaging?: (staging: Staging) => void) {
    const around: Around = async (_, perform) => {
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

  /** Waits for the calls that were under way at the death. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }
}
