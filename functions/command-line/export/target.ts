/** Checks the file that `export` is to write, before anything is read. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { SettingsError } from '../../snapshot/errors.ts';
import { orAbsent } from '../../snapshot/store/folder/durable-folder.ts';

export const EXPORT_FORMATS = ['parquet', 'csv', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface Target {
  readonly path: string;
  readonly format: ExportFormat;
}

/**
 * @param to the value of `--to`
 * @param store the folder of the snapshots
 * @throws SettingsError if no file of that name can be written
 */
export async function targetOf(to: string, store: string): Promise<Target> {
  const ending = extname(to).slice(1).toLowerCase();
  const format = EXPORT_FORMATS.find((one) => one === ending);
  const path = resolve(to);
  const found = await look(to, stat(path));
  if (found?.isDirectory()) throw new SettingsError(`--to: ${to} is a folder. ${EXPECTED_FILE}`);
  if (format === undefined) throw new SettingsError(`--to: ${to} has another ending. ${EXPECTED_FILE}`);
  if (found && !found.isFile()) throw new SettingsError(`--to: ${to} is not a regular file. ${EXPECTED_FILE}`);
  const folder = await look(to, realpath(dirname(path)));
  if (folder === undefined) throw new SettingsError(`--to: there is no folder ${dirname(to)}. Create it first`);
  const root = await look(store, realpath(store));
  if (root !== undefined && isIn(root, folder))
    throw new SettingsError(`--to: ${to} is inside the folder of the snapshots. Choose another folder`);
  return { path, format };
}

export const EXPECTED_FILE = 'Expected a file that ends in .parquet, .csv or .xlsx';

function isIn(root: string, folder: string): boolean {
  const way = relative(root, folder);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** What the file system says about a path. Undefined if it doesn't exist. */
async function look<T>(path: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await orAbsent(work);
  } catch (error) {
    throw new SettingsError(`--to: could not look at ${path}`, { cause: error });
  }
}
