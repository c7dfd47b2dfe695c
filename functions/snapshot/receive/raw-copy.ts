import { once } from 'node:events';
import { constants, createGzip } from 'node:zlib';
import { KEYS } from '../contract.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import type { Staging, Store, StoredObject } from '../store/store.ts';
import type { StagingArea } from './outputs.ts';

/** Writes the response's bytes, unaltered but compressed, to `raw/`. */
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

  static begin({ store, dt, runId, execution }: StagingArea, begun: BegunObjects): RawCopy {
    const key = KEYS.raw(dt, runId, execution);
    return new RawCopy(store, key, begun.take(key));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#gzip.write(bytes)) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }

  /** Promotes the copy at once, without waiting for a commit. */
  async keep(): Promise<StoredObject> {
    this.#gzip.end();
    await this.#written;
    const staged = { kind: 'raw' as const, key: this.#key, ...(await this.#staging.close()) };
    await this.#store.putInPlace(staged);
    return { ...staged, staged: null };
  }

  /** Ends the copy of a failed response. @returns its key if it is kept, null if it is discarded */
  async end(keep: boolean): Promise<string | null> {
    if (keep) return (await this.keep()).key;
    this.#gzip.destroy();
    await this.#written.catch(() => undefined); // it is discarded, so its failure doesn't matter
    await this.#staging.drop();
    return null;
  }

  async #copy(): Promise<void> {
    for await (const chunk of this.#gzip) await this.#staging.write(chunk);
  }
}
