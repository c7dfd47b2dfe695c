import { execFileSync } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/**
 * Makes `dist`, which is what the package holds: the construct and the command as JavaScript with types, since Node strips none below
 * `node_modules`, the views, and the bundled functions.
 */
const top = join(import.meta.dirname, '../..');
const dist = join(top, 'dist');
await rm(dist, { recursive: true, force: true });
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
execFileSync(process.execPath, [compiler, '--project', join(import.meta.dirname, 'tsconfig.package.json')], {
  stdio: 'inherit',
});
await cp(join(top, 'functions'), join(dist, 'functions'), {
  recursive: true,
  filter: (path) => ['', '.sql'].includes(extname(path)),
});
await import('./bundle.ts');
