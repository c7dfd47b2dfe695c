import { readdir, rename, rm, unlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { DAY_MILLISECONDS } from '../../utc-day.ts';
import type { Staging, StoredObject } from '../store.ts';
import { codeOf, orAbsent, removeIfEmpty, syncFolder } from './durable-folder.ts';
import { type Folder, STAGED } from './folder.ts';
import { makeFolder, newFile } from './new-files.ts';
import { StagedFile } from './staged-file.ts';

const { basename, dirname } = posix;
const STALE_MILLISECONDS = 7 * DAY_MILLISECONDS;
/** The name of every folder that this product creates in `.staged/`. */
const OWN_NAME = /^[0-9a-f]{8}$/;

/** Begins a staged file. Each attempt has its own folder. */
export async function stageFile(folder: Folder, key: string, execution: string): Promise<Staging> {
  const staged = `${STAGED}/${execution}/${basename(key)}`;
  await makeFolder(folder, dirname(staged));
  const file = await newFile(folder, staged);
  return new StagedFile(file, folder.pathOf(staged), staged, (work) => folder.call(`stage ${key}`, work));
}

/**
 * Renames a staged file to its final path. If several calls try, one renames it and the others find it gone. What was staged in a bucket
 * isn't here either: the store was copied before its commit was finished.
 */
export async function promoteFile(folder: Folder, object: StoredObject): Promise<'placed' | 'gone'> {
  if (object.staged && 'upload_id' in object.staged) return 'gone';
  const staged = folder.stagedPathOf(object);
  const found = await folder.look(staged);
  if (found && !found.isFile()) throw folder.notRegular(staged);
  await folder.look(object.key);
  await makeFolder(folder, dirname(object.key));
  try {
    await rename(folder.pathOf(staged), folder.pathOf(object.key));
  } catch (error) {
    // A missing target folder also causes ENOENT. The object was promoted before only if the staged file is gone.
    if (codeOf(error) === 'ENOENT' && !(await folder.look(staged))) return 'gone';
    throw error;
  }
  await syncFolder(folder.pathOf(dirname(object.key)));
  await removeIfEmpty(folder.pathOf(dirname(staged)));
  return 'placed';
}

export async function discardFile(folder: Folder, object: StoredObject): Promise<void> {
  const staged = folder.stagedPathOf(object);
  await folder.look(staged);
  await rm(folder.pathOf(staged), { force: true });
  await removeIfEmpty(folder.pathOf(dirname(staged)));
}

/** Removes what attempts staged more than seven days ago, except the objects to keep. Touches nothing that the product didn't create. */
export async function removeStaleFiles(folder: Folder, keep: readonly StoredObject[], now: Date): Promise<void> {
  await folder.look(STAGED);
  const kept = new Set(keep.flatMap(({ staged }) => (staged && 'path' in staged ? [dirname(staged.path)] : [])));
  for (const execution of (await orAbsent(readdir(folder.pathOf(STAGED)))) ?? []) {
    const name = `${STAGED}/${execution}`;
    const found = await folder.look(name);
    if (!found?.isDirectory() || !OWN_NAME.test(execution) || kept.has(name)) continue;
    if (now.getTime() - found.mtimeMs > STALE_MILLISECONDS) await removeFiles(folder, name);
  }
}

/** Removes only regular files, since a run stages nothing else. */
async function removeFiles(folder: Folder, name: string): Promise<void> {
  for (const entry of (await orAbsent(readdir(folder.pathOf(name), { withFileTypes: true }))) ?? []) {
    const key = `${name}/${entry.name}`;
    if (entry.isSymbolicLink()) throw folder.linkRefused(key);
    if (entry.isFile()) await orAbsent(unlink(folder.pathOf(key)));
  }
  await removeIfEmpty(folder.pathOf(name));
}
