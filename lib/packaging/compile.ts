import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/**
 * Writes what TypeScript emits for a project to `folder`.
 * @param project the name of its file in this folder
 * @throws Error if a file has a type error, which the compiler has printed
 */
export function compile(project: string, folder: string): void {
  const words = ['--project', join(import.meta.dirname, project), '--outDir', folder];
  execFileSync(process.execPath, [COMPILER, ...words], { stdio: 'inherit' });
}
