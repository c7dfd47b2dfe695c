import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

/**
 * Packs `dist` for other projects: `npm run package`, with options of `npm pack` behind `--`. What this project needs for its own work stays
 * out, above all the Node that it brings along, which would replace that of the project it is installed in.
 */
const top = join(import.meta.dirname, '../..');
await import('./build.ts');
const OWN = ['devDependencies', 'optionalDependencies', 'scripts'];
const manifest = z.looseObject({}).parse(JSON.parse(await readFile(join(top, 'package.json'), 'utf8')));
const published = Object.fromEntries(Object.entries(manifest).filter(([name]) => !OWN.includes(name)));
const folder = await mkdtemp(join(tmpdir(), 'package-'));
try {
  for (const name of ['dist', 'README.md', 'LICENSE'])
    await cp(join(top, name), join(folder, name), { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  execFileSync('npm', ['pack', folder, ...process.argv.slice(2)], { stdio: 'inherit' });
} finally {
  await rm(folder, { recursive: true, force: true });
}
