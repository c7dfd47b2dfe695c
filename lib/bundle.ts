import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './bundling.ts';

/** Writes each function to `dist/<function>/index.js` and says how large it is. What lies in `dist` is CommonJS, unlike the rest. */
const top = join(import.meta.dirname, '..');
await mkdir(join(top, 'dist'), { recursive: true });
await writeFile(join(top, 'dist', 'package.json'), '{"type":"commonjs"}\n');
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const outfile = join(top, 'dist', name, 'index.js');
  await build({ ...BUNDLING, entryPoints: [join(top, entry)], outfile, logLevel: 'info' });
}
