import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, makeFolder, syncFolder } from './durable-folder.ts';
import { type Folder, STAGED } from './folder.ts';

/** Creates a file only if absent, complete and durable at once: link() fails if the name is taken. */
export function createFile(folder: Folder, key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
  const path = folder.pathOf(key);
  return withFinished(folder, path, bytes, async (finished) => {
    try {
      await link(finished, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'exists';
      throw error;
    }
    await syncFolder(dirname(path));
    return 'created';
  });
}

/** Creates or replaces a file, complete and durable at once. */
export function replaceFile(folder: Folder, key: string, bytes: Uint8Array): Promise<void> {
  const path = folder.pathOf(key);
  return withFinished(folder, path, bytes, async (finished) => {
    await rename(finished, path);
    await syncFolder(dirname(path));
  });
}

/** Gives `publish` a complete, durable file, in a staging folder that no other call uses, and removes what is left of it. */
async function withFinished<T>(
  folder: Folder,
  path: string,
  bytes: Uint8Array,
  publish: (finished: string) => Promise<T>,
): Promise<T> {
  const own = folder.pathOf(`${STAGED}/${randomBytes(8).toString('hex')}`);
  const finished = join(own, basename(path));
  try {
    await makeFolder(own);
    await makeFolder(dirname(path));
    const file = await open(finished, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return await publish(finished);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
