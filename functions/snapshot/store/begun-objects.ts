/** The objects of one attempt, begun together: in a bucket, each beginning costs a round trip. */

import { together } from '../together.ts';
import type { Staging, Store } from './store.ts';

export class BegunObjects {
  readonly #stagings: Map<string, Staging>;

  private constructor(stagings: Map<string, Staging>) {
    this.#stagings = stagings;
  }

  /** Begins to stage an object for each key. If one can't be staged, the others are discarded. @throws StoreError */
  static async begin(store: Store, execution: string, keys: readonly string[]): Promise<BegunObjects> {
    const stagings = new Map<string, Staging>();
    const stage = async (key: string): Promise<void> => {
      stagings.set(key, await store.stage(key, execution));
    };
    const begun = new BegunObjects(stagings);
    try {
      await together(keys.map(stage));
    } catch (error) {
      await begun.drop().catch(() => undefined); // leftovers are removed after seven days
      throw error;
    }
    return begun;
  }

  /** @throws TypeError if it wasn't begun, or was taken */
  at(key: string): Staging {
    const staging = this.#stagings.get(key);
    if (!staging) throw new TypeError(`${key} was not begun`);
    return staging;
  }

  /** Hands an object over to the caller, who then closes or discards it. */
  take(key: string): Staging {
    const staging = this.at(key);
    this.#stagings.delete(key);
    return staging;
  }

  /** Discards what nobody has taken, whatever its state. */
  async drop(): Promise<void> {
    const left = [...this.#stagings.values()];
    this.#stagings.clear();
    await together(left.map((staging) => staging.drop()));
  }
}
