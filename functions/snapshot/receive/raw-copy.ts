import { once } from 'node:events';
import { constants, createGzip } from 'node:zlib';
import { KEYS } from '../contract.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import type { Staging, Store, StoredObject } from '../store/store.ts';
import type { StagingArea } from './outputs.ts';
import { WriteBuffer } from './write-buffer.ts';

/** Writes the response's bytes, unaltered but compressed, to `raw/`. */
export class RawCopy {
  readonly #key: string;
  readonly #store: Store;
  readonly #staging: Staging;
  readonly #buffer: WriteBuffer;
  readonly #gzip = createGzip({ level: constants.Z_BEST_SPEED });
  readonly #written: Promise<void>;
  /** Resolves once the last write is compressed. Undefined if nothing waits. */
  #drained: Promise<void> | undefined;
  #failure: unknown;

  private constructor(store: Store, key: string, staging: Staging) {
    this.#store = store;
    this.#key = key;
    this.#staging = staging;
    this.#buffer = new WriteBuffer(staging);
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

  /**
   * Compresses bytes in another thread while the caller goes on. It resolves once all earlier bytes are compressed, so at most one chunk
   * waits. While two buffers of compressed bytes wait for the store, nothing is compressed: a slow store slows the download down.
   * @param bytes must stay unchanged
   * @throws the failure of an earlier write, if there was one
   */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#drained;
    if (this.failure) throw this.failure;
    this.#drained = this.#gzip.write(bytes) ? undefined : this.#whenDrained();
  }

  /** Also resolves if the copy has failed. The next write, or the end, then throws. */
  async #whenDrained(): Promise<void> {
    await Promise.race([once(this.#gzip, 'drain'), this.#written]).catch(() => undefined);
  }

  /** Promotes the copy at once, without waiting for a commit. */
  async keep(): Promise<StoredObject> {
    this.#gzip.end();
    await this.#written;
    const staged = { kind: 'raw' as const, key: this.#key, ...(await this.#staging.close()) };
    await this.#store.putInPlace(staged);
    return { ...staged, staged: null };
  }

  /** The failure of a write or of the compression, if there was one. */
  get failure(): unknown {
    return this.#buffer.failure ?? this.#failure;
  }

  /** Ends the copy of a failed response. @returns its key if it is kept, null if it is discarded. If it can't be kept, it is discarded */
  async end(keep: boolean): Promise<string | null> {
    if (!keep) return this.#discard();
    try {
      return (await this.keep()).key;
    } catch (error) {
      await this.#discard().catch(() => undefined);
      throw error;
    }
  }

  async #discard(): Promise<null> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined); // it is discarded, so its failure doesn't matter
    await this.#buffer.drop();
    return null;
  }

  async #copy(): Promise<void> {
    for await (const chunk of this.#gzip) {
      this.#buffer.addBytes(chunk);
      await this.#buffer.writeIfFull();
    }
    await this.#buffer.end();
  }
}
