import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from './bundling.ts';

/** Writes each function to a folder of its own below `dist/handlers`, which is what is deployed, and says how large it is. */
const top = join(import.meta.dirname, '..');
const handlers = join(top, 'dist', 'handlers');
await rm(handlers, { recursive: true, force: true });
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const folder = join(handlers, name);
  await mkdir(folder, { recursive: true });
  // CommonJS, unlike the package above it; in Lambda there is none above.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  await build({ ...BUNDLING, entryPoints: [join(top, entry)], outfile: join(folder, 'index.js'), logLevel: 'info' });
}
