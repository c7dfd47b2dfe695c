import { hash } from 'node:crypto';

/** A staged object: a multipart upload whose bytes are complete, and which no reader sees until it is promoted. */
export interface Upload {
  /** Key, execution and the first digits of the hash. */
  readonly id: string;
  readonly key: string;
  readonly execution: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export const sha256Of = (bytes: Uint8Array): string => hash('sha256', bytes);

/** All uploads of all schedules. An id determines an upload's bytes, so states hold ids only. */
export class Uploads {
  readonly #byId = new Map<string, Upload>();

  add(key: string, execution: string, bytes: Buffer): Upload {
    const sha256 = sha256Of(bytes);
    const id = `${key}#${execution}#${sha256.slice(0, 8)}`;
    const upload = this.#byId.get(id) ?? { id, key, execution, bytes, sha256 };
    this.#byId.set(id, upload);
    return upload;
  }

  /** @throws RangeError if no run staged it */
  get(id: string): Upload {
    const upload = this.#byId.get(id);
    if (!upload) throw new RangeError(`no run staged ${id}`);
    return upload;
  }
}

/** The name of an upload before its bytes are known. */
export const uploadName = (key: string, execution: string): string => `${key}#${execution}`;
export const nameOf = (uploadId: string): string => uploadId.slice(0, uploadId.lastIndexOf('#'));
