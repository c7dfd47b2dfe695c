/** A stored raw response, unpacked and parsed by the code that parsed it when it arrived. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ArrayParser } from '../../anodot/array-parser.ts';
import type { Batch } from '../../anodot/batch.ts';
import { LIMITS } from '../../anodot/source.ts';
import { toUser } from '../../anodot/user-record.ts';
import { SourceContractError } from '../../errors.ts';
import { PATHS, type SourceResponse } from '../../source.ts';
import type { ReadUser } from '../../user.ts';
import { copied } from './copied.ts';

export class StoredResponse implements SourceResponse<ReadUser> {
  readonly observedAt: Date;
  readonly #packed: AsyncIterable<Uint8Array>;
  readonly #size: number;
  readonly #maxBytes: number;
  #body: { readonly bytes: number; readonly sha256: string } | undefined;

  /**
   * @param size the size of the raw object
   * @param packed its bytes
   * @param maxBytes the most bytes to unpack, never more than a run accepts
   */
  constructor(observedAt: Date, size: number, packed: AsyncIterable<Uint8Array>, maxBytes = LIMITS.maxBytes) {
    this.observedAt = observedAt;
    this.#size = size;
    this.#packed = packed;
    this.#maxBytes = Math.min(maxBytes, LIMITS.maxBytes);
  }

  async *batches(keep?: (bytes: Uint8Array) => Promise<void>): AsyncGenerator<readonly ReadUser[]> {
    const parser = new ArrayParser({ maxElementLength: LIMITS.maxElementLength });
    let index = 0;
    for await (const bytes of this.#unpack()) {
      await keep?.(bytes);
      const batch = parser.push(bytes);
      if (batch.elements.length > 0) yield this.#users(batch, index);
      index += batch.elements.length;
    }
    yield this.#users(parser.end(), index);
  }

  /** Of a stored response, only size and hash of its body are known. */
  origin() {
    if (!this.#body) throw new Error('the response has not been read to its end');
    return {
      request: { method: 'GET' as const, path: PATHS.users, parameters: {} },
      response: { status: 200, date: null, ...this.#body },
      token: { kind: 'refresh' as const, secret_version: null },
    };
  }

  async cancel(): Promise<void> {
    return undefined; // the reader of `batches` closes the object
  }

  #users({ elements, text }: Batch, start: number): ReadUser[] {
    return elements.map((element, i) => toUser(element, start + i, () => text(i), this.observedAt));
  }

  /** @throws SourceContractError if the object isn't exactly one gzip file, or unpacks to too much; StoreError */
  async *#unpack(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: 65_536 });
    const fed = pipeline(copied(this.#packed), gunzip);
    fed.catch(() => undefined); // its error also ends the loop
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of gunzip) {
        bytes += chunk.byteLength;
        if (bytes > this.#maxBytes) throw new SourceContractError(`it unpacks to more than ${this.#maxBytes} bytes`);
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throw isGzipFailure(error) ? new SourceContractError('it is not a valid gzip file') : error;
    } finally {
      gunzip.destroy();
    }
    // Gunzip ignores what follows the compressed data.
    if (gunzip.bytesWritten !== this.#size)
      throw new SourceContractError('it has other bytes after its compressed data');
    this.#body = { bytes, sha256: hash.digest('hex') };
  }
}

const isGzipFailure = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
