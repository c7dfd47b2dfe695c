import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/**
 * Compiles a project to `folder`.
 * @param project the name of its tsconfig file in this folder
 * @throws Error if the project has a type error. The compiler has printed it.
 */
export function compile(project: string, folder: string): void {
  const words = ['--project', join(import.meta.dirname, project), '--outDir', folder];
  execFileSync(process.execPath, [COMPILER, ...words], { stdio: 'inherit' });
}
