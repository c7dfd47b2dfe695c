import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedManifest } from './manifest.ts';

/** Packs `dist` for other projects: `npm run package`, with the options of `npm pack` after `--`. */
const top = join(import.meta.dirname, '../..');
await import('./build.ts');
const folder = await mkdtemp(join(tmpdir(), 'package-'));
try {
  const manifest = await publishedManifest();
  for (const name of ['README.md', 'LICENSE', ...manifest.files])
    await cp(join(top, name), join(folder, name), { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  execFileSync('npm', ['pack', folder, ...process.argv.slice(2)], { stdio: 'inherit' });
} finally {
  await rm(folder, { recursive: true, force: true });
}
