/** Decides whether a review may be written to a folder: nothing is ever replaced, and the store is left alone. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { SettingsError } from '../../snapshot/errors.ts';
import { codeOf } from '../../snapshot/store/folder/durable-folder.ts';
import { refuseMistake } from '../refuse-out.ts';

/**
 * @throws SettingsError if the folder has anything in it, which may be a filled sheet, is in the store, or can't be replaced
 */
export async function refuseFolder(folder: string, place: string): Promise<void> {
  refuseMistake('--out', folder, 'folder');
  if (await isLink(resolve(folder)))
    throw new SettingsError(`--out: ${folder} is a link. Name a new folder, which may be in the one that it points to`);
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new SettingsError(`--out: ${folder} can't be used (${codeOf(error) ?? 'unknown'})`, { cause: error });
  });
  if (names.length > 0)
    throw new SettingsError(`--out: ${folder} isn't empty. A filled sheet is never replaced: name another folder`);
  if ((await realPath(resolve(folder))) === process.cwd())
    throw new SettingsError(`--out: ${folder} is the current folder, which would be replaced. Name a new folder in it`);
  if (place.startsWith('s3://')) return;
  const [inside, store] = [await realPath(resolve(folder)), await realPath(resolve(place))];
  if (`${inside}${sep}`.startsWith(`${store}${sep}`))
    throw new SettingsError(`--out: ${folder} is in the store ${place}. Name a folder outside it`);
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );

/** The path without symbolic links, as far as it exists. */
async function realPath(path: string): Promise<string> {
  const parent = dirname(path);
  return realpath(path).catch(async () => (parent === path ? path : join(await realPath(parent), basename(path))));
}
