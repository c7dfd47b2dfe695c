import { type FileHandle, open, readdir } from 'node:fs/promises';
import { orAbsent } from './durable-folder.ts';
import type { Folder } from './folder.ts';

const READ_BYTES = 1 << 18;

/** The keys of all files under a folder. A folder that disappears meanwhile has none. */
export async function keysUnder(folder: Folder, name: string): Promise<string[]> {
  const entries = (await orAbsent(readdir(folder.pathOf(name), { withFileTypes: true }))) ?? [];
  const found = entries.map((entry) => {
    const key = `${name}/${entry.name}`;
    return entry.isDirectory() ? keysUnder(folder, key) : [key];
  });
  return (await Promise.all(found)).flat();
}

/** Opens a file for reading in chunks; undefined if there is no such file. */
export async function openFile(folder: Folder, key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await orAbsent(open(folder.pathOf(key)));
  return file && chunksOf(folder, file, key);
}

/** All chunks share one buffer, so a file of any size takes little memory. */
async function* chunksOf(folder: Folder, file: FileHandle, key: string): AsyncGenerator<Uint8Array> {
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw folder.failure(`read ${key}`, error);
  } finally {
    await file.close();
  }
}
