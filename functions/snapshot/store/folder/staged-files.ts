import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DAY_MILLISECONDS } from '../../utc-day.ts';
import type { Staging, StoredObject } from '../store.ts';
import { codeOf, makeFolder, orAbsent, removeIfEmpty, syncFolder } from './durable-folder.ts';
import { type Folder, STAGED } from './folder.ts';
import { StagedFile } from './staged-file.ts';

const STALE_MILLISECONDS = 7 * DAY_MILLISECONDS;

/** Begins a staged file; each execution has a folder of its own. */
export async function stageFile(folder: Folder, key: string, execution: string): Promise<Staging> {
  const staged = `${STAGED}/${execution}/${basename(key)}`;
  const path = folder.pathOf(staged);
  await makeFolder(dirname(path));
  const file = await open(path, 'wx');
  return new StagedFile(file, path, staged, (work) => folder.call(`stage ${key}`, work));
}

/** Renames a staged file to its final path. Of several calls at once, one renames it and the others find it gone. */
export async function promoteFile(folder: Folder, object: StoredObject): Promise<'placed' | 'gone'> {
  const staged = folder.stagedPathOf(object);
  const target = folder.pathOf(object.key);
  await makeFolder(dirname(target));
  try {
    await rename(staged, target);
  } catch (error) {
    // ENOENT is also what a missing target folder gives: the object was promoted before only if the staged file is gone.
    if (codeOf(error) === 'ENOENT' && !(await orAbsent(stat(staged)))) return 'gone';
    throw error;
  }
  await syncFolder(dirname(target));
  await removeIfEmpty(dirname(staged));
  return 'placed';
}

export async function discardFile(folder: Folder, object: StoredObject): Promise<void> {
  const staged = folder.stagedPathOf(object);
  await rm(staged, { force: true });
  await removeIfEmpty(dirname(staged));
}

/** Removes the folders of executions that have been unchanged for more than seven days, except those of the objects to keep. */
export async function removeStaleFiles(folder: Folder, keep: readonly StoredObject[], now: Date): Promise<void> {
  const kept = new Set(keep.flatMap(({ staged }) => (staged && 'path' in staged ? [dirname(staged.path)] : [])));
  for (const execution of (await orAbsent(readdir(folder.pathOf(STAGED)))) ?? []) {
    const name = `${STAGED}/${execution}`;
    const found = kept.has(name) ? undefined : await orAbsent(stat(folder.pathOf(name)));
    if (found && now.getTime() - found.mtimeMs > STALE_MILLISECONDS)
      await rm(folder.pathOf(name), { recursive: true, force: true });
  }
}
