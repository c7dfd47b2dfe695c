import { join } from 'node:path';
import { buildHandlers } from './handlers.ts';

/** Bundles the functions into `dist`, from which the construct deploys them, and prints the size of each: `npm run bundle`. */
for (const { name, bytesAtStart, bytesLater } of await buildHandlers(join(import.meta.dirname, '../../dist')))
  process.stdout.write(`dist/handlers/${name}: ${bytesAtStart} bytes loaded at start, ${bytesLater} when used\n`);
