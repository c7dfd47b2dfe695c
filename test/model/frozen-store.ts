import type { Staging, Store, StoredObject } from '../../functions/snapshot/store/store.ts';
import { uploadOf } from './scheduled-store.ts';
import type { Uploads } from './uploads.ts';
import { listOf, readOf, type World } from './world.ts';

/** A world as a read-only store, for `verify`. */
export class FrozenStore implements Store {
  readonly location = 'model';
  readonly #world: World;
  readonly #uploads: Uploads;

  constructor(world: World, uploads: Uploads) {
    this.#world = world;
    this.#uploads = uploads;
  }

  async list(folder: string): Promise<string[]> {
    return listOf(this.#world, folder);
  }

  async read(key: string): Promise<Buffer | undefined> {
    return readOf(this.#world, key, (upload) => this.#uploads.get(upload).bytes);
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = await this.read(key);
    return bytes && chunksOf(bytes);
  }

  async isStaged(object: StoredObject): Promise<boolean> {
    return this.#world.staged.has(uploadOf(object));
  }

  async isInPlace({ key }: StoredObject, execution: string): Promise<boolean> {
    return this.#world.places.get(key)?.split('#')[1] === execution;
  }

  create = (): Promise<never> => refuse();
  proveCreateOnly = (): Promise<never> => refuse();
  replace = (): Promise<never> => refuse();
  stage = (): Promise<Staging> => refuse();
  putInPlace = (): Promise<never> => refuse();
  drop = (): Promise<never> => refuse();
  removeStale = (): Promise<never> => refuse();
  probe = (): Promise<never> => refuse();
}

const refuse = (): Promise<never> => Promise.reject(new Error('this store is read-only'));

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
