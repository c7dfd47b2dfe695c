import { join, resolve } from 'node:path';
import { StoreError } from '../../errors.ts';
import type { StoredObject } from '../store.ts';
import { codeOf } from './durable-folder.ts';

/** Holds what is staged: `.staged/<execution>/<file>`. */
export const STAGED = '.staged';

/** Maps a store's keys to paths of the file system, and turns failed system calls into errors that an operator can act on. */
export class Folder {
  readonly location: string;

  constructor(path: string) {
    this.location = resolve(path);
  }

  pathOf(key: string): string {
    return join(this.location, ...key.split('/'));
  }

  /** @throws StoreError if it isn't staged in a folder */
  stagedPathOf({ key, staged }: StoredObject): string {
    if (staged && 'path' in staged) return this.pathOf(staged.path);
    throw new StoreError(
      `${key} was not staged in a folder: this store was copied from a bucket before its commit was finished`,
    );
  }

  /**
   * @param what names the call in messages: `could not …`
   * @throws StoreError if a system call fails; a bug's error unchanged
   */
  async call<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(what, error);
    }
  }

  failure(what: string, error: unknown): unknown {
    const code = codeOf(error);
    if (code === undefined) return error;
    return new StoreError(
      `${this.location}: could not ${what} (${code}). Mend the folder, its permissions or the disk, and run again`,
      { cause: error },
    );
  }
}
