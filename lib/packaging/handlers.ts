import { mkdir, mkdtemp, readdir, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './functions.ts';
import { licensesOf } from './licenses.ts';

const TOP = join(import.meta.dirname, '../..');

/**
 * Writes each function to the folder in `dist/handlers` that is deployed: its bundle, and the licenses of the packages in the bundle.
 * Returns the size of each bundle.
 */
export async function buildHandlers(dist: string): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const sizes = [];
  for (const [name, entry] of Object.entries(FUNCTIONS)) {
    const folder = join(dist, 'handlers', name);
    await mkdir(folder, { recursive: true });
    const made = await mkdtemp(join(dist, `${name}-`));
    const outfile = join(made, 'index.js');
    const { metafile } = await build({
      ...BUNDLING,
      absWorkingDir: TOP,
      entryPoints: [join(TOP, entry)],
      outfile,
      metafile: true,
      logLevel: 'warning',
    });
    sizes.push({ name, bytes: (await stat(outfile)).size });
    await writeFile(join(made, 'THIRD-PARTY-LICENSES.txt'), await licensesOf(metafile, TOP));
    // The bundle is CommonJS, but the package around it contains ES modules.
    await writeFile(join(made, 'package.json'), '{"type":"commonjs"}\n');
    // Files are renamed into place, so that a concurrent reader never sees a partial one.
    for (const file of await readdir(made)) await rename(join(made, file), join(folder, file));
    await rmdir(made);
  }
  return sizes;
}
