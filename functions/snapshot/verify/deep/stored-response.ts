/** A stored raw response, unpacked and parsed by the code that parsed it when it arrived. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ArrayParser } from '../../anodot/array-parser.ts';
import type { Batch } from '../../anodot/batch.ts';
import { piecesOf } from '../../anodot/pieces.ts';
import { LIMITS } from '../../anodot/source.ts';
import { toUser } from '../../anodot/user-record.ts';
import { SourceContractError } from '../../errors.ts';
import type { UsersResponse } from '../../receive/stage-users.ts';
import type { ReadUser } from '../../user.ts';
import { copied } from './copied.ts';

/** How much may be unpacked: what the manifest records, if it does, and never more than a run accepts. */
export interface UnpackLimits {
  readonly recordedBytes?: number | undefined;
  readonly maxBytes?: number;
}

export class StoredResponse implements UsersResponse {
  readonly observedAt: Date;
  readonly #packed: AsyncIterable<Uint8Array>;
  readonly #size: number;
  readonly #recordedBytes: number;
  readonly #maxBytes: number;
  #body: { readonly bytes: number; readonly sha256: string } | undefined;

  /**
   * @param size the size of the raw object
   * @param packed its bytes
   */
  constructor(
    observedAt: Date,
    size: number,
    packed: AsyncIterable<Uint8Array>,
    { recordedBytes = Infinity, maxBytes = LIMITS.maxBytes }: UnpackLimits = {},
  ) {
    this.observedAt = observedAt;
    this.#size = size;
    this.#packed = packed;
    this.#recordedBytes = recordedBytes;
    this.#maxBytes = maxBytes;
  }

  async *batches(keep?: (bytes: Uint8Array) => Promise<void>): AsyncGenerator<readonly ReadUser[]> {
    const parser = new ArrayParser({ maxElementLength: LIMITS.maxElementLength });
    let index = 0;
    for await (const bytes of this.#unpack()) {
      await keep?.(bytes);
      for (const piece of piecesOf(bytes)) {
        const batch = parser.push(piece);
        if (batch.elements.length > 0) yield this.#users(batch, index);
        index += batch.elements.length;
      }
    }
    yield this.#users(parser.end(), index);
  }

  /** Size and hash of the unpacked bytes. Ask for it only after the last batch. */
  get body(): { readonly bytes: number; readonly sha256: string } {
    if (!this.#body) throw new Error('the response has not been read to its end');
    return this.#body;
  }

  #users({ elements, text }: Batch, start: number): ReadUser[] {
    return elements.map((element, i) => toUser(element, start + i, () => text(i), this.observedAt));
  }

  #limit(bytes: number): void {
    const [recorded, most] = [this.#recordedBytes, this.#maxBytes];
    if (bytes <= Math.min(recorded, most)) return;
    throw new SourceContractError(
      recorded <= most
        ? `it unpacks to more than the ${recorded} bytes that the manifest records`
        : `it unpacks to more than ${most} bytes`,
    );
  }

  /** @throws SourceContractError if the object isn't a gzip file, or unpacks to too much; StoreError */
  async *#unpack(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: 65_536 });
    const fed = pipeline(copied(this.#packed), gunzip);
    fed.catch(() => undefined); // its error also ends the loop
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of gunzip) {
        bytes += chunk.byteLength;
        this.#limit(bytes);
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throw isGzipFailure(error) ? new SourceContractError('it is not a valid gzip file') : error;
    } finally {
      gunzip.destroy();
    }
    // Like the command `gunzip`, it unpacks several gzip files in a row as one. What follows them, it ignores.
    if (gunzip.bytesWritten !== this.#size)
      throw new SourceContractError('it has other bytes after its compressed data');
    this.#body = { bytes, sha256: hash.digest('hex') };
  }
}

const isGzipFailure = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
