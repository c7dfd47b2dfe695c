import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from '../../errors.ts';
import { digestOf } from '../digest.ts';
import type { Staging, Store, StoredObject } from '../store.ts';
import { codeOf, makeFolder, orAbsent, removeIfEmpty, syncFolder } from './durable-folder.ts';
import { probeFolder } from './probe-folder.ts';
import { StagedFile } from './staged-file.ts';

const STAGED = '.staged';
const READ_BYTES = 1 << 18;
const STALE_MILLISECONDS = 7 * 86_400_000;

/** A store in a folder of a local file system. Nothing is promised on NFS or SMB. */
export class FolderStore implements Store {
  readonly location: string;

  constructor(path: string) {
    this.location = resolve(path);
  }

  list(folder: string): Promise<string[]> {
    return this.#call(`list ${folder}`, async () => (await this.#filesIn(folder.replace(/\/$/, ''))).sort());
  }

  read(key: string): Promise<Buffer | undefined> {
    return this.#call(`read ${key}`, () => orAbsent(readFile(this.#path(key))));
  }

  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#call(`read ${key}`, async () => {
      const file = await orAbsent(open(this.#path(key)));
      return file && this.#chunks(file, key);
    });
  }

  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    return this.#call(`create ${key}`, () =>
      this.#withFinished(key, bytes, async (finished) => {
        try {
          await link(finished, this.#path(key));
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return 'exists';
          throw error;
        }
        await syncFolder(dirname(this.#path(key)));
        return 'created';
      }),
    );
  }

  replace(key: string, bytes: Uint8Array): Promise<void> {
    return this.#call(`write ${key}`, () =>
      this.#withFinished(key, bytes, async (finished) => {
        await rename(finished, this.#path(key));
        await syncFolder(dirname(this.#path(key)));
      }),
    );
  }

  stage(key: string, execution: string): Promise<Staging> {
    return this.#call(`stage ${key}`, async () => {
      const path = `${STAGED}/${execution}/${basename(key)}`;
      await makeFolder(dirname(this.#path(path)));
      const file = await open(this.#path(path), 'wx');
      return new StagedFile(file, this.#path(path), path, (work) => this.#call(`stage ${key}`, work));
    });
  }

  putInPlace(object: StoredObject): Promise<'placed' | 'gone'> {
    return this.#call(`put ${object.key} in place`, async () => {
      const staged = this.#path(pathOf(object));
      const target = this.#path(object.key);
      await makeFolder(dirname(target));
      try {
        await rename(staged, target);
      } catch (error) {
        // The same code says that the target's folder has gone: only without the staged file is the work done.
        if (codeOf(error) === 'ENOENT' && !(await orAbsent(stat(staged)))) return 'gone';
        throw error;
      }
      await syncFolder(dirname(target));
      await removeIfEmpty(dirname(staged));
      return 'placed';
    });
  }

  async isInPlace(object: StoredObject): Promise<boolean> {
    return (await digestOf(this, object.key))?.sha256 === object.sha256;
  }

  async isStaged(object: StoredObject): Promise<boolean> {
    const path = object.staged && 'path' in object.staged ? object.staged.path : undefined;
    return path !== undefined && (await digestOf(this, path))?.sha256 === object.sha256;
  }

  drop(object: StoredObject): Promise<void> {
    return this.#call(`drop what was staged for ${object.key}`, async () => {
      const staged = this.#path(pathOf(object));
      await rm(staged, { force: true });
      await removeIfEmpty(dirname(staged));
    });
  }

  removeStale(keep: readonly StoredObject[], now: Date): Promise<void> {
    return this.#call('remove stale staged files', async () => {
      const kept = new Set(keep.flatMap(({ staged }) => (staged && 'path' in staged ? [dirname(staged.path)] : [])));
      for (const execution of (await orAbsent(readdir(this.#path(STAGED)))) ?? []) {
        const path = `${STAGED}/${execution}`;
        const found = kept.has(path) ? undefined : await orAbsent(stat(this.#path(path)));
        if (found && now.getTime() - found.mtimeMs > STALE_MILLISECONDS)
          await rm(this.#path(path), { recursive: true, force: true });
      }
    });
  }

  probe(execution: string): Promise<void> {
    return this.#call('write to the folder', () => probeFolder(this.#path(`${STAGED}/${execution}`)));
  }

  #path(key: string): string {
    return join(this.location, ...key.split('/'));
  }

  /** The keys in a folder, and in those below it. A folder that goes meanwhile has none. */
  async #filesIn(folder: string): Promise<string[]> {
    const entries = (await orAbsent(readdir(this.#path(folder), { withFileTypes: true }))) ?? [];
    const found = entries.map((entry) => {
      const key = `${folder}/${entry.name}`;
      return entry.isDirectory() ? this.#filesIn(key) : [key];
    });
    return (await Promise.all(found)).flat();
  }

  /** Gives a finished, durable file to `name`, in a folder among the staged ones where no other call writes. */
  async #withFinished<T>(key: string, bytes: Uint8Array, name: (finished: string) => Promise<T>): Promise<T> {
    const folder = this.#path(`${STAGED}/${randomBytes(8).toString('hex')}`);
    const finished = join(folder, basename(key));
    try {
      await makeFolder(folder);
      await makeFolder(dirname(this.#path(key)));
      const file = await open(finished, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      return await name(finished);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async *#chunks(file: FileHandle, key: string): AsyncGenerator<Uint8Array> {
    try {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw this.#failure(`read ${key}`, error);
    } finally {
      await file.close();
    }
  }

  async #call<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(what, error);
    }
  }

  #failure(what: string, error: unknown): unknown {
    const code = codeOf(error);
    if (code === undefined) return error;
    return new StoreError(
      `${this.location}: could not ${what} (${code}). Mend the folder, its permissions or the disk, and run again`,
      {
        cause: error,
      },
    );
  }
}

function pathOf({ key, staged }: StoredObject): string {
  if (staged && 'path' in staged) return staged.path;
  throw new StoreError(
    `${key} was not staged in a folder: this store was copied from a bucket before its commit was finished`,
  );
}
