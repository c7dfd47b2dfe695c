/** Creates folders and files in a store, with the permissions that its root gives them. */
import type { FileHandle } from 'node:fs/promises';
import { makeDurably } from './durable-folder.ts';
import type { Folder } from './folder.ts';
import { createOpen, modesIn, openTo } from './modes.ts';

/**
 * Creates a folder of the store and its missing parents, the root included.
 * @returns the path of the first that was created; undefined if the folder existed
 * @throws StoreError if a link is on the way
 */
export async function makeFolder(folder: Folder, name: string): Promise<string | undefined> {
  await folder.look(name);
  const { folder: mode } = await modesIn(folder.location);
  return makeDurably(folder.pathOf(name), mode, openTo);
}

/** Creates a file for writing, in a folder that exists. Fails if the name is taken. */
export async function newFile(folder: Folder, name: string): Promise<FileHandle> {
  await folder.look(name);
  const { file: mode } = await modesIn(folder.location);
  return createOpen(folder.pathOf(name), mode);
}
