import { link, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeIfEmpty } from './durable-folder.ts';
import { type Folder, STAGED } from './folder.ts';
import { makeFolder, newFile } from './new-files.ts';

/** Tries each kind of call that a run needs, in its own folder, and removes everything that it created. */
export async function probeFolder(folder: Folder, execution: string): Promise<void> {
  const own = `${STAGED}/${execution}`;
  const made = await makeFolder(folder, own);
  const at = (name: string) => folder.pathOf(`${own}/${name}`);
  try {
    const file = await newFile(folder, `${own}/probe`);
    await file.sync().finally(() => file.close());
    await link(at('probe'), at('linked'));
    await rename(at('probe'), at('renamed'));
  } finally {
    for (const name of ['probe', 'linked', 'renamed']) await rm(at(name), { force: true });
    // Its own folder, and the parents that it created. A parent that another run uses by now isn't empty, and stays.
    const path = folder.pathOf(own);
    await removeIfEmpty(path);
    for (let above = dirname(path); made !== undefined && above.length >= made.length; above = dirname(above))
      await removeIfEmpty(above);
  }
}
