import { once } from 'node:events';
import { constants, createGzip } from 'node:zlib';
import type { Staging, Store, StoredObject } from '../store/store.ts';

/** The answer's bytes, unaltered, compressed on their way to `raw/`. */
export class RawCopy {
  readonly #key: string;
  readonly #store: Store;
  readonly #staging: Staging;
  readonly #gzip = createGzip({ level: constants.Z_BEST_SPEED });
  readonly #written: Promise<void>;
  #failure: unknown;

  private constructor(store: Store, key: string, staging: Staging) {
    this.#store = store;
    this.#key = key;
    this.#staging = staging;
    this.#written = this.#copy();
    this.#written.catch((error) => {
      this.#failure = error;
      this.#gzip.destroy();
    });
  }

  static async begin(store: Store, key: string, execution: string): Promise<RawCopy> {
    return new RawCopy(store, key, await store.stage(key, execution));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#gzip.write(bytes)) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }

  /** Puts the copy in place at once: it doesn't wait for a commit. */
  async keep(): Promise<StoredObject> {
    this.#gzip.end();
    await this.#written;
    const staged = { kind: 'raw' as const, key: this.#key, ...(await this.#staging.close()) };
    await this.#store.putInPlace(staged);
    return { ...staged, staged: null };
  }

  async drop(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined); // what is dropped may end in any way
    await this.#staging.drop();
  }

  async #copy(): Promise<void> {
    for await (const chunk of this.#gzip) await this.#staging.write(chunk);
  }
}
