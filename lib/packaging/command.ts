import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleCommand } from './bundle-command.ts';
import { licensesOf } from './licenses.ts';

const TOP = join(import.meta.dirname, '../..');
/** What the package's command loads before the command line. */
const FIRST = ['bin.cjs', 'node-version.cjs', 'signals.cjs', 'compile-cache.cjs'];

/** Writes the command to `dist/command`: the file that `npm start` builds, what loads it, and the licenses of the packages in it. */
export async function buildCommand(dist: string): Promise<void> {
  const folder = join(dist, 'command');
  await mkdir(folder, { recursive: true });
  const { text, metafile } = await bundleCommand('./signals.cjs');
  await writeFile(join(folder, 'main.cjs'), text);
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await licensesOf(metafile, TOP));
  for (const name of FIRST) await copyFile(join(TOP, 'functions/command-line', name), join(folder, name));
}
