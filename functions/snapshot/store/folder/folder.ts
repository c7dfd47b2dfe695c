import { lstat as lstatCallback, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StoreError, UnreadableObjectError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { StoredObject } from '../store.ts';
import { orAbsent } from './durable-folder.ts';
import { folderFailure } from './failure.ts';

/** The folder of staged files: `.staged/<attempt>/<file>`. */
export const STAGED = '.staged';

/** Faster than the one in `node:fs/promises`, and a run looks hundreds of times. */
const lstat = promisify(lstatCallback);

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
    if (staged && 'path' in staged) return staged.path;
    throw new StoreError(`${printable(key)} was not staged in a folder`);
  }

  /**
   * What is at a key, without following links. Undefined if there is nothing. Every call on a key looks first, so that no link leads it
   * out of the store. The root itself may be a link, since the operator chose it.
   * @throws StoreError if the key or a folder above it, within the store, is a symbolic link
   */
  async look(key: string): Promise<Stats | undefined> {
    let found: Stats | undefined;
    let path = '';
    for (const segment of key.split('/')) {
      path = path === '' ? segment : `${path}/${segment}`;
      found = await orAbsent(lstat(this.pathOf(path)));
      if (!found) return undefined;
      if (found.isSymbolicLink()) throw this.linkRefused(path);
    }
    return found;
  }

  /**
   * As `look`, for a file that will be opened.
   * @throws StoreError also if it isn't a regular file, since opening a pipe would wait forever, and a device may do anything
   */
  async lookAtFile(key: string): Promise<Stats | undefined> {
    const found = await this.look(key);
    if (found && !found.isFile()) throw this.notRegular(key);
    return found;
  }

  linkRefused(key: string): UnreadableObjectError {
    return this.#refused(
      key,
      'is a symbolic link, which a store must not contain: replace it with its target, or remove it',
    );
  }

  notRegular(key: string): UnreadableObjectError {
    return this.#refused(key, 'is not a regular file: move it away');
  }

  #refused(key: string, why: string): UnreadableObjectError {
    return new UnreadableObjectError(`${printable(`${this.location}: ${key}`)} ${why}`);
  }

  /**
   * @param what names the call in messages: `could not …`
   * @throws StoreError if a system call fails. Rethrows a bug's error unchanged
   */
  async call<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(what, error);
    }
  }

  failure(what: string, error: unknown): unknown {
    return folderFailure(this.location, what, error);
  }
}
