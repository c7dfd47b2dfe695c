import { mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunction, ENTRY } from './bundle-function.ts';
import { FUNCTIONS } from './functions.ts';
import { licensesOf } from './licenses.ts';

const TOP = join(import.meta.dirname, '../..');

export interface BuiltHandler {
  readonly name: string;
  /** The size of the files that are loaded at start, and of the others. */
  readonly bytesAtStart: number;
  readonly bytesLater: number;
}

/**
 * Writes each function to the folder in `dist/handlers` that is deployed: its bundle, and the licenses of the packages in the bundle.
 * Returns the size of each bundle.
 */
export async function buildHandlers(dist: string): Promise<BuiltHandler[]> {
  const built = [];
  for (const [name, entry] of Object.entries(FUNCTIONS)) {
    const { files, atStart, metafile } = await bundleFunction(entry, TOP);
    await mkdir(dist, { recursive: true });
    await replaceFolder(join(dist, 'handlers', name), await mkdtemp(join(dist, `${name}-`)), [
      ...[...files].filter(([file]) => file !== ENTRY),
      ['THIRD-PARTY-LICENSES.txt', await licensesOf(metafile, TOP)],
      // The bundle is CommonJS, but the package around it contains ES modules.
      ['package.json', '{"type":"commonjs"}\n'],
      // Last, because it loads the others.
      [ENTRY, files.get(ENTRY) ?? ''],
    ]);
    const sum = (names: readonly string[]) =>
      names.reduce((bytes, file) => bytes + Buffer.byteLength(files.get(file) ?? ''), 0);
    const bytesAtStart = sum(atStart);
    built.push({ name, bytesAtStart, bytesLater: sum([...files.keys()]) - bytesAtStart });
  }
  return built;
}

/**
 * Files are renamed into place in this order, so that a concurrent reader never sees a partial one. Files of an older build are removed.
 * @param made a new folder to write them in
 */
async function replaceFolder(
  folder: string,
  made: string,
  files: readonly (readonly [name: string, text: string])[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(made, name), text);
  for (const [name] of files) await rename(join(made, name), join(folder, name));
  await rmdir(made);
  const names = new Set(files.map(([name]) => name));
  for (const file of await readdir(folder)) if (!names.has(file)) await rm(join(folder, file), { recursive: true });
}
