import { copyFile, glob } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from './compile.ts';

const TOP = join(import.meta.dirname, '../..');

/**
 * Writes the command to `dist/functions`, with the files that aren't compiled. It is JavaScript, because Node.js strips no types under
 * `node_modules`.
 */
export async function buildCommand(dist: string): Promise<void> {
  compile('tsconfig.command.json', dist);
  for await (const file of glob('functions/**/*.{sql,cjs,css,js}', { cwd: TOP }))
    await copyFile(join(TOP, file), join(dist, file));
}
