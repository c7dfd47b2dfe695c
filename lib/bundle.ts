import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './bundling.ts';

/** Writes each function to `dist/<function>/index.js` and says how large it is. */
const top = join(import.meta.dirname, '..');
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const outfile = join(top, 'dist', name, 'index.js');
  await build({ ...BUNDLING, entryPoints: [join(top, entry)], outfile, logLevel: 'info' });
}
