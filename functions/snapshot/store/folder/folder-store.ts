import { MOST_BYTES } from '../../contract.ts';
import { digestOf } from '../digest.ts';
import type { Staging, Store, StoredObject } from '../store.ts';
import { createFile, replaceFile } from './durable-file.ts';
import { Folder } from './folder.ts';
import { probeFolder } from './probe-folder.ts';
import { keysUnder, openFile, readFirst } from './reading.ts';
import { discardFile, promoteFile, removeStaleFiles, stageFile } from './staged-files.ts';

/** A store in a folder of a local file system, open to its owner and the root folder's group. Its promises don't hold on NFS and SMB. */
export class FolderStore implements Store {
  readonly location: string;
  readonly #folder: Folder;

  constructor(path: string) {
    this.#folder = new Folder(path);
    this.location = this.#folder.location;
  }

  list(folder: string): Promise<string[]> {
    const name = folder.replace(/\/$/, '');
    return this.#folder.call(`list ${folder}`, async () => (await keysUnder(this.#folder, name)).sort());
  }

  read(key: string, most: number = MOST_BYTES.document): Promise<Buffer | undefined> {
    return this.#folder.call(`read ${key}`, () => readFirst(this.#folder, key, most));
  }

  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#folder.call(`read ${key}`, () => openFile(this.#folder, key));
  }

  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    return this.#folder.call(`create ${key}`, () => createFile(this.#folder, key, bytes));
  }

  /** Does nothing: link() never replaces a file. */
  async proveCreateOnly(): Promise<void> {
    return undefined;
  }

  replace(key: string, bytes: Uint8Array): Promise<void> {
    return this.#folder.call(`write ${key}`, () => replaceFile(this.#folder, key, bytes));
  }

  stage(key: string, execution: string): Promise<Staging> {
    return this.#folder.call(`stage ${key}`, () => stageFile(this.#folder, key, execution));
  }

  putInPlace(object: StoredObject): Promise<'placed' | 'gone'> {
    return this.#folder.call(`promote ${object.key}`, () => promoteFile(this.#folder, object));
  }

  /** Compares bytes, since a file doesn't record which attempt staged it. */
  async isInPlace(object: StoredObject): Promise<boolean> {
    return (await digestOf(this, object.key))?.sha256 === object.sha256;
  }

  async isStaged(object: StoredObject): Promise<boolean> {
    const path = object.staged && 'path' in object.staged ? object.staged.path : undefined;
    return path !== undefined && (await digestOf(this, path))?.sha256 === object.sha256;
  }

  drop(object: StoredObject): Promise<void> {
    return this.#folder.call(`discard what is staged for ${object.key}`, () => discardFile(this.#folder, object));
  }

  removeStale(keep: readonly StoredObject[], now: Date): Promise<void> {
    return this.#folder.call('remove stale staged files', () => removeStaleFiles(this.#folder, keep, now));
  }

  probe(execution: string): Promise<void> {
    return this.#folder.call('write to the folder', () => probeFolder(this.#folder, execution));
  }
}
