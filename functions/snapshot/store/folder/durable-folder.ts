import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How often a parent is created again if it is removed while its child is being created. */
const TRIES = 4;

/**
 * Creates a folder and its missing parents, one by one, and makes the name of each durable in its parent.
 * @param mode the initial permissions of each new folder
 * @param widen gives a new folder its exact permissions
 * @returns the path of the first folder created. Undefined if the folder existed
 */
export async function makeDurably(
  path: string,
  mode: number,
  widen: (path: string, mode: number) => Promise<void>,
): Promise<string | undefined> {
  let first: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(path, { mode });
      break;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return first;
      if (codeOf(error) !== 'ENOENT' || attempt === TRIES || dirname(path) === path) throw error;
    }
    first = (await makeDurably(dirname(path), mode, widen)) ?? first;
  }
  await widen(path, mode);
  await syncFolder(dirname(path));
  return first ?? path;
}

/** Makes the names in a folder durable. Windows can't sync a folder. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

/** Removes a folder unless another run uses it. It may already be gone. */
export async function removeIfEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** The result of a system call. Undefined if the file or folder doesn't exist. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The code of a system call's error. Undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
