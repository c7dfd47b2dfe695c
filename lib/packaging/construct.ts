import { copyFile, glob, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { compile } from './compile.ts';

const TOP = join(import.meta.dirname, '../..');

/**
 * How the construct is built: as one CommonJS file, so that an app gets the same classes with `require` and with `import`. It contains no
 * other package.
 */
export const CONSTRUCT = {
  entryPoints: [join(TOP, 'lib/user-snapshots.ts')],
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  keepNames: true,
  packages: 'external',
  // CommonJS has no import.meta.
  define: { 'import.meta.url': '__filename', 'import.meta.dirname': '__dirname' },
} satisfies BuildOptions;

/** Writes the construct to `dist/lib`, with the views that it reads, and its types to `dist/types`. */
export async function buildConstruct(dist: string): Promise<void> {
  await build({ ...CONSTRUCT, outfile: join(dist, 'lib', 'user-snapshots.cjs'), logLevel: 'warning' });
  for await (const view of glob('functions/**/*.sql', { cwd: TOP }))
    await copyFile(join(TOP, view), join(dist, 'lib', basename(view)));
  compile('tsconfig.construct.json', join(dist, 'types'));
  // The package contains ES modules, but a compiler must read these types as those of a CommonJS module.
  await writeFile(join(dist, 'types', 'package.json'), '{"type":"commonjs"}\n');
}
