import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCommand } from './command.ts';
import { buildConstruct } from './construct.ts';

/** Builds `dist`, the content of the package: the construct with its types, the command and the bundled functions. */
const dist = join(import.meta.dirname, '../../dist');
await rm(dist, { recursive: true, force: true });
await buildConstruct(dist);
await buildCommand(dist);
await import('./bundle.ts');
