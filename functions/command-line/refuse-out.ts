/** Checks where a command is to leave a file for people, before it reads the store. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { SettingsError } from '../snapshot/errors.ts';
import { codeOf } from '../snapshot/store/folder/durable-folder.ts';

export interface OutFile {
  /** The option, as an error names it. */
  readonly option: string;
  readonly path: string;
  /** As `--store` names it. */
  readonly store: string;
}

/** @throws SettingsError if the file can't be created or replaced there, or if it would be in the store, which holds nothing else */
export async function refuseOut({ option, path, store }: OutFile): Promise<void> {
  refuseMistake(option, path, 'file');
  const folder = dirname(resolve(path));
  const parent = await kindOf(folder);
  if (parent === 'nothing') throw new SettingsError(`${option}: there is no folder ${folder}. Create it first`);
  if (parent === 'file' || parent === 'other') throw new SettingsError(`${option}: ${folder} is not a folder`);
  const found = await kindOf(path);
  if (found === 'folder' || /[/\\]$/.test(path))
    throw new SettingsError(`${option}: ${path} is a folder. Give a file in it`);
  if (found === 'other') throw new SettingsError(`${option}: ${path} is not a file. Give another name`);
  if (!store.startsWith('s3://') && (await isInside(folder, store)))
    throw new SettingsError(`${option}: ${path} is in the store, which must hold nothing else. Give a file elsewhere`);
}

/** @throws SettingsError if a path is most likely a mistake: an unset variable, another option, or a URL */
export function refuseMistake(option: string, path: string, expected: 'file' | 'folder'): void {
  if (path.trim() === '') throw new SettingsError(`${option}: it is empty. Is a variable not set?`);
  if (path.startsWith('-')) throw new SettingsError(`${option}: ${path} looks like an option. Give a ${expected}`);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    throw new SettingsError(`${option}: ${path} is a URL. Give a ${expected} on this machine`);
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder' | 'other' | 'unknown'> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  } catch (error) {
    return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' ? 'nothing' : 'unknown'; // writing reports the rest
  }
}

async function isInside(folder: string, store: string): Promise<boolean> {
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  const way = relative(await real(store), await real(folder));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
