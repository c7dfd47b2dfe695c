/** Builds the command as one file for `npm start`. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stop } from 'esbuild';
import { FILE, identityOf, RECORD, stateOf } from './built-command.cjs';
import { bundleCommand } from './bundle-command.ts';

const FOLDER = dirname(FILE);
const SIGNALS = '../../functions/command-line/signals.cjs';
/** What decides how the file is built. npm writes the second one whenever it installs. */
const BUILDER = [
  'package.json',
  'node_modules/.package-lock.json',
  'node_modules/esbuild/package.json',
  ...['build-at-start.ts', 'bundle-command.ts', 'built-command.cjs', 'manifest.ts'].map(
    (name) => `lib/packaging/${name}`,
  ),
];
/** Some file systems round times to two seconds. */
const TICK_MILLISECONDS = 2000;

/**
 * Writes the file, then the record that makes it used. Each is renamed into place, so a start never sees a part of one. A build that is
 * killed leaves no record of its file. Of two builds at once, the last record fits the last file, or the next start builds again.
 * @returns false if a source changed during the build or just before, when its state doesn't yet show whether the file contains the change
 * @throws Error if the sources can't be bundled, or the file can't be written
 */
export async function buildAtStart(): Promise<boolean> {
  const began = Date.now();
  await mkdir(FOLDER, { recursive: true });
  const made = join(FOLDER, randomUUID());
  try {
    await writeFile(made, ''); // fails before the work if nothing can be written here
    const { text, inputs } = await bundleCommand(SIGNALS);
    await stop();
    const states = Object.fromEntries([...BUILDER, ...inputs].map((path) => [path, stateOf(path)]));
    if (Object.values(states).some((state) => changedAt(state) > began - TICK_MILLISECONDS)) return false;
    await writeFile(made, text, { flush: true });
    const identity = identityOf(made);
    await rename(made, FILE);
    await writeFile(made, JSON.stringify({ identity, states }), { flush: true });
    await rename(made, RECORD);
    await removeLeftovers();
    return true;
  } finally {
    await rm(made, { force: true });
  }
}

/** The ctime in milliseconds of a file in this state. */
const changedAt = (state: string): number => Number(state.split(' ')[2] ?? 0) / 1e6;

/** Removes the files of builds that were killed. If one is still being built, its start runs the sources. */
async function removeLeftovers(): Promise<void> {
  const kept = [FILE, RECORD].map((path) => basename(path));
  for (const name of await readdir(FOLDER)) if (!kept.includes(name)) await rm(join(FOLDER, name), { force: true });
}
