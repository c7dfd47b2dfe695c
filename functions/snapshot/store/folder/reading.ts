import { closeSync, constants, fstatSync, open as openCallback, read as readCallback } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { orAbsent } from './durable-folder.ts';
import type { Folder } from './folder.ts';

const READ_BYTES = 1 << 17;
/** If a link or a pipe has just taken the file's place, doesn't follow the link or wait for the pipe. Windows has neither flag. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The keys of all files under a folder. A folder that disappears in the meantime has none.
 * @throws StoreError if a link is among them
 */
export async function keysUnder(folder: Folder, name: string): Promise<string[]> {
  await folder.look(name);
  const entries = (await orAbsent(readdir(folder.pathOf(name), { withFileTypes: true }))) ?? [];
  const found = entries.map((entry) => {
    const key = `${name}/${entry.name}`;
    if (entry.isSymbolicLink()) throw folder.linkRefused(key);
    return entry.isDirectory() ? keysUnder(folder, key) : [key];
  });
  return (await Promise.all(found)).flat();
}

/** Half the processor time of a FileHandle, whose every call makes several objects. A command may read thousands of documents. */
const [openNumber, readNumber] = [promisify(openCallback), promisify(readCallback)];

/** The first bytes of a file: `most` and one more. Undefined if there is no such file. */
export async function readFirst(folder: Folder, key: string, most: number): Promise<Buffer | undefined> {
  if (!(await folder.lookAtFile(key))) return undefined;
  const file = await orAbsent(openNumber(folder.pathOf(key), READ_ONLY));
  if (file === undefined) return undefined;
  try {
    const found = fstatSync(file); // of an open file: it doesn't wait for the disk, and neither does closeSync
    if (!found.isFile()) throw folder.notRegular(key);
    return await fill(file, Buffer.allocUnsafe(Math.min(found.size, most) + 1), found.size);
  } finally {
    closeSync(file);
  }
}

/** Fills the buffer from the start of a file. Returns what was read once it is full, or holds the whole file. */
async function fill(file: number, bytes: Buffer, size: number): Promise<Buffer> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await readNumber(file, bytes, filled, bytes.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === size) break;
  }
  return bytes.subarray(0, filled);
}

/** Opens a file for reading in chunks. Undefined if there is no such file. */
export async function openFile(folder: Folder, key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await openRegular(folder, key);
  return file && chunksOf(folder, file, key);
}

/** @throws StoreError if it isn't a regular file, or stopped being one after it was looked at */
async function openRegular(folder: Folder, key: string): Promise<FileHandle | undefined> {
  if (!(await folder.lookAtFile(key))) return undefined;
  const file = await orAbsent(open(folder.pathOf(key), READ_ONLY));
  if (!file || (await file.stat()).isFile()) return file;
  await file.close();
  throw folder.notRegular(key);
}

/**
 * Each chunk is read while the reader works on the one before. All chunks share two buffers, so a file of any size takes little memory.
 */
async function* chunksOf(folder: Folder, file: FileHandle, key: string): AsyncGenerator<Uint8Array> {
  const read = (buffer: Buffer) => file.read(buffer, 0, READ_BYTES);
  let reading = read(Buffer.allocUnsafe(READ_BYTES));
  let spare: Buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    for (;;) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return;
      reading = read(spare);
      reading.catch(() => undefined); // the next turn gets the failure, unless the reader stops
      spare = buffer;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw folder.failure(`read ${key}`, error);
  } finally {
    await file.close(); // waits for a read that has begun
  }
}
