import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Staged, Staging } from '../store.ts';

/** Parts of 5 MiB to 5 GiB, 10,000 at most: with this size 63 GB. One part is held, filled and then sent. */
export const PART_BYTES = 6 << 20;
const FIRST_BYTES = 1 << 16;

/** A multipart upload that has begun. */
export interface Upload {
  readonly id: string;
  /** Returns the part's ETag. */
  sendPart(number: number, bytes: Uint8Array, checksum: string): Promise<string>;
  abort(): Promise<void>;
}

/**
 * An upload that isn't completed; its bytes are hashed as they pass and sent in parts. Filling a second part while the first is on its way
 * would save a tenth of a second each, and cost the memory of one for each object that is staged.
 */
export class StagedUpload implements Staging {
  readonly #upload: Upload;
  readonly #hash: Hash = createHash('sha256');
  readonly #parts: { etag: string; checksum: string }[] = [];
  #bytes = 0;
  #buffer = Buffer.alloc(0);
  #filled = 0;
  #onItsWay: Promise<void> = Promise.resolve();

  constructor(upload: Upload) {
    this.#upload = upload;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.byteLength;
    for (let rest = bytes; rest.byteLength > 0; ) {
      const room = Math.min(rest.byteLength, PART_BYTES - this.#filled);
      this.#fill(rest.subarray(0, room));
      rest = rest.subarray(room);
      if (this.#filled === PART_BYTES) await this.#send();
    }
  }

  async close(): Promise<{ bytes: number; sha256: string; staged: Staged }> {
    if (this.#filled > 0 || this.#parts.length === 0) await this.#send(); // an empty object has one part of no bytes
    this.#buffer = Buffer.alloc(0);
    const staged = { upload_id: this.#upload.id, parts: this.#parts };
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), staged };
  }

  async drop(): Promise<void> {
    await this.#onItsWay.catch(() => undefined); // a part that arrives behind the abort would stay
    await this.#upload.abort();
  }

  /** Small objects take little memory: the buffer grows with them. */
  #fill(bytes: Uint8Array): void {
    const needed = this.#filled + bytes.byteLength;
    if (needed > this.#buffer.byteLength) {
      const size = Math.min(PART_BYTES, Math.max(FIRST_BYTES, needed, 2 * this.#buffer.byteLength));
      const larger = Buffer.allocUnsafeSlow(size);
      larger.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled = needed;
  }

  async #send(): Promise<void> {
    this.#onItsWay = this.#sendPart(this.#parts.length + 1, this.#buffer.subarray(0, this.#filled));
    await this.#onItsWay;
    this.#filled = 0;
  }

  async #sendPart(number: number, bytes: Uint8Array): Promise<void> {
    const checksum = checksumOf(bytes);
    this.#parts.push({ etag: await this.#upload.sendPart(number, bytes, checksum), checksum });
  }
}

/** CRC32 as S3 writes it: four bytes, the highest first, as Base64. */
export function checksumOf(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
