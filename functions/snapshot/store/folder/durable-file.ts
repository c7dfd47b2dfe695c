import { randomBytes } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { posix } from 'node:path';
import { codeOf, removeIfEmpty, syncFolder } from './durable-folder.ts';
import { type Folder, STAGED } from './folder.ts';
import { makeFolder, newFile } from './new-files.ts';

const { basename, dirname } = posix;

/** Creates a file, complete and durable, only if it doesn't exist: link() fails if the name is taken. */
export function createFile(folder: Folder, key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
  return withFinished(folder, key, bytes, async (finished) => {
    try {
      await link(finished, folder.pathOf(key));
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'exists';
      throw error;
    }
    await syncFolder(folder.pathOf(dirname(key)));
    return 'created';
  });
}

/** Creates or replaces a file, complete and durable. */
export function replaceFile(folder: Folder, key: string, bytes: Uint8Array): Promise<void> {
  return withFinished(folder, key, bytes, async (finished) => {
    await rename(finished, folder.pathOf(key));
    await syncFolder(folder.pathOf(dirname(key)));
  });
}

/** Calls `publish` with a complete, durable file in its own staging folder, then removes whatever is left of it. */
async function withFinished<T>(
  folder: Folder,
  key: string,
  bytes: Uint8Array,
  publish: (finished: string) => Promise<T>,
): Promise<T> {
  const own = `${STAGED}/${randomBytes(4).toString('hex')}`;
  const finished = `${own}/${basename(key)}`;
  await folder.look(key);
  await makeFolder(folder, own);
  try {
    await makeFolder(folder, dirname(key));
    const file = await newFile(folder, finished);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return await publish(folder.pathOf(finished));
  } finally {
    await rm(folder.pathOf(finished), { force: true });
    await removeIfEmpty(folder.pathOf(own));
  }
}
