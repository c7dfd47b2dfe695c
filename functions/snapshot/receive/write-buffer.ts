import type { Staging } from '../store/store.ts';

/** Bytes to collect before they are written. */
const FLUSH_BYTES = 131_072;
/** Room for what one piece of a response adds, unless its users are very large. */
const BUFFER_BYTES = 1.5 * FLUSH_BYTES;
/** The most bytes of one UTF-16 code unit in UTF-8. */
const MOST_BYTES = 3;

/** Collects what an object will hold, and writes it in large pieces. While one piece is being written, the next one is collected. */
export class WriteBuffer {
  readonly #staging: Staging;
  /** Two, used in turn: one is filled while the other is written. New buffers would take most of a run's memory. */
  #filling = Buffer.allocUnsafe(BUFFER_BYTES);
  #spare = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;
  /** The last write, successful or not. The next one waits for it, so an object has at most one. */
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(staging: Staging) {
    this.#staging = staging;
  }

  /** Each line is encoded by itself. Lines joined into one long text would be copied once more, and the copies are garbage. */
  addText(text: string): void {
    this.#reserve(MOST_BYTES * text.length);
    this.#filled += this.#filling.write(text, this.#filled);
  }

  addBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength);
    this.#filling.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
  }

  /** Begins to write what has been collected, once there is enough. @throws the failure of an earlier write */
  async writeIfFull(): Promise<void> {
    this.#check();
    if (this.#filled >= FLUSH_BYTES) await this.#write();
  }

  /** Waits for the write that has begun. @throws the failure of a write */
  async written(): Promise<void> {
    await this.#written;
    this.#check();
  }

  /** Writes the rest. @throws the failure of a write */
  async end(): Promise<void> {
    if (this.#filled > 0) await this.#write();
    await this.written();
  }

  /** The failure of a write, if there was one. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Discards the object. */
  async drop(): Promise<void> {
    await this.#written;
    await this.#staging.drop();
  }

  async #write(): Promise<void> {
    await this.written();
    const bytes = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#filled = 0;
    this.#written = this.#staging.write(bytes).catch((error) => {
      this.#failure = error;
    });
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #reserve(bytes: number): void {
    const needed = this.#filled + bytes;
    if (needed <= this.#filling.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    larger.set(this.#filling.subarray(0, this.#filled));
    this.#filling = larger;
  }
}
