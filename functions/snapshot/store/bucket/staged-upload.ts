import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Staged, Staging } from '../store.ts';

/** S3 accepts up to 10,000 parts of 5 MiB to 5 GiB, which is 63 GB at this size. Only one part is in memory, filled and then sent. */
export const PART_BYTES = 6 << 20;
const FIRST_BYTES = 1 << 16;

/** The calls on an open multipart upload. */
export interface Upload {
  readonly id: string;
  /** Returns the part's ETag. */
  sendPart(number: number, bytes: Uint8Array, checksum: string): Promise<string>;
  abort(): Promise<void>;
}

/**
 * An object that is being staged as the parts of an upload. Its bytes are hashed while they are written. Parts are sent one at a time.
 * Filling the next part at the same time would save a tenth of a second per part, but take twice the memory for each staged object.
 */
export class StagedUpload implements Staging {
  readonly #upload: Upload;
  readonly #hash: Hash = createHash('sha256');
  readonly #parts: { etag: string; checksum: string }[] = [];
  #bytes = 0;
  #buffer = Buffer.alloc(0);
  #filled = 0;
  #sending: Promise<void> = Promise.resolve();

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
    if (this.#filled > 0 || this.#parts.length === 0) await this.#send(); // an empty object is one empty part
    this.#buffer = Buffer.alloc(0);
    const staged = { upload_id: this.#upload.id, parts: this.#parts };
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), staged };
  }

  async drop(): Promise<void> {
    await this.#sending.catch(() => undefined); // a part that arrived after the abort would stay
    await this.#upload.abort();
  }

  /** Grows the buffer only as needed, so that a small object takes little memory. */
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
    this.#sending = this.#sendPart(this.#parts.length + 1, this.#buffer.subarray(0, this.#filled));
    await this.#sending;
    this.#filled = 0;
  }

  async #sendPart(number: number, bytes: Uint8Array): Promise<void> {
    const checksum = checksumOf(bytes);
    this.#parts.push({ etag: await this.#upload.sendPart(number, bytes, checksum), checksum });
  }
}

/** CRC32 as S3 expects it: big-endian, in Base64. */
export function checksumOf(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
