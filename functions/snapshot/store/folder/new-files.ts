/** Creates folders and files in a store, with permissions derived from its root. */
import type { FileHandle } from 'node:fs/promises';
import { makeDurably } from './durable-folder.ts';
import type { Folder } from './folder.ts';
import { createOpen, modesIn, openTo } from './modes.ts';

/**
 * Creates a folder of the store and its missing parents, the root included.
 * @returns the path of the first folder created. Undefined if the folder existed
 * @throws StoreError if the path contains a link
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
