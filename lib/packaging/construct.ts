import { copyFile, glob, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { compile } from './compile.ts';

const TOP = join(import.meta.dirname, '../..');

/**
 * Builds the construct as one CommonJS file, which `require` and `import` both load: an app gets the same classes either way. It
 * contains no other package.
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

/** Writes the construct to `dist/lib`, with the views that it reads next to it, and its types to `dist/types`. */
export async function buildConstruct(dist: string): Promise<void> {
  await build({ ...CONSTRUCT, outfile: join(dist, 'lib', 'user-snapshots.cjs'), logLevel: 'warning' });
  for await (const view of glob('functions/**/*.sql', { cwd: TOP }))
    await copyFile(join(TOP, view), join(dist, 'lib', basename(view)));
  compile('tsconfig.construct.json', join(dist, 'types'));
  // A compiler must read these types as those of a CommonJS module; the package itself is of ES modules.
  await writeFile(join(dist, 'types', 'package.json'), '{"type":"commonjs"}\n');
}
