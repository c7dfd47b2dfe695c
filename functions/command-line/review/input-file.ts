/** Reads a file that an option or argument names: once, so that what is read and what is hashed are the same. */
import { readFile, stat } from 'node:fs/promises';
import { SettingsError } from '../../snapshot/errors.ts';
import { codeOf } from '../../snapshot/store/folder/durable-folder.ts';

export type InputFile = { readonly bytes: Buffer } | { readonly why: string };

/**
 * The bytes of a file, or why they can't be read. A pipe or device is refused: reading it may never end, and no one could compare its
 * hash with a file later.
 * @param most bytes; a larger file is `too large`
 */
export async function readInput(path: string, most = Number.POSITIVE_INFINITY): Promise<InputFile> {
  try {
    const found = await stat(path);
    if (found.size > most) return { why: 'too large' };
    if (!found.isFile() && !found.isDirectory()) return { why: 'not a regular file' };
    return { bytes: await readFile(path) };
  } catch (error) {
    return { why: codeOf(error) ?? 'unknown' };
  }
}

/** @param name the option, for messages @throws SettingsError if the file can't be read */
export async function readInputFile(name: string, path: string): Promise<Buffer> {
  const input = await readInput(path);
  if ('bytes' in input) return input.bytes;
  throw new SettingsError(`${name}: could not read ${path} (${input.why})`);
}
