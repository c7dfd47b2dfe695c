/** Reads a file that an option or argument names. */
import { readFile } from 'node:fs/promises';
import { SettingsError } from '../../snapshot/errors.ts';
import { codeOf } from '../../snapshot/store/folder/durable-folder.ts';

/** @param name the option, for messages @throws SettingsError if the file can't be read */
export async function readInputFile(name: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SettingsError(`${name}: could not read ${path} (${codeOf(error) ?? 'unknown'})`, { cause: error });
  }
}
