import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Staged, Staging } from '../store.ts';
import { removeIfEmpty, syncFolder } from './durable-folder.ts';

/** A file that is being staged in the hidden folder. Its bytes are hashed while they are written. */
export class StagedFile implements Staging {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #staged: Staged;
  readonly #call: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #open = true;

  constructor(file: FileHandle, path: string, staged: string, call: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#file = file;
    this.#path = path;
    this.#staged = { path: staged };
    this.#call = call;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#call(async () => {
      this.#hash.update(bytes);
      this.#bytes += bytes.byteLength;
      await this.#file.writeFile(bytes);
    });
  }

  close(): Promise<{ bytes: number; sha256: string; staged: Staged }> {
    return this.#call(async () => {
      await this.#file.sync();
      await this.#closeFile();
      await syncFolder(dirname(this.#path));
      return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), staged: this.#staged };
    });
  }

  drop(): Promise<void> {
    return this.#call(async () => {
      await this.#closeFile();
      await rm(this.#path, { force: true });
      await removeIfEmpty(dirname(this.#path));
    });
  }

  async #closeFile(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close();
  }
}
