import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './functions.ts';

/** Writes each function to a folder of its own below `dist/handlers`, which is what is deployed, and says how large it is. */
const top = join(import.meta.dirname, '../..');
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const folder = join(top, 'dist', 'handlers', name);
  await mkdir(folder, { recursive: true });
  // CommonJS, unlike the package above it; in Lambda there is none above.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  // Renamed, so that whoever uses the one before never sees half of this one.
  const made = join(folder, `index.${process.pid}.js`);
  await build({ ...BUNDLING, entryPoints: [join(top, entry)], outfile: made, logLevel: 'warning' });
  await rename(made, join(folder, 'index.js'));
  const { size } = await stat(join(folder, 'index.js'));
  process.stdout.write(`dist/handlers/${name}/index.js: ${size} bytes\n`);
}
