import { mkdir, mkdtemp, readdir, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './functions.ts';
import { licensesOf } from './licenses.ts';

const TOP = join(import.meta.dirname, '../..');

/**
 * Writes each function to its own folder in `dist/handlers`, which is what is deployed: the bundle, and the licenses of the packages
 * in it. Returns the size of each bundle.
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
    // CommonJS, unlike the package above it; in Lambda there is none above.
    await writeFile(join(made, 'package.json'), '{"type":"commonjs"}\n');
    // Moved, so that a concurrent reader never sees a partial file.
    for (const file of await readdir(made)) await rename(join(made, file), join(folder, file));
    await rmdir(made);
  }
  return sizes;
}
