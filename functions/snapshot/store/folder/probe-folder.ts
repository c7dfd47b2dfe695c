import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeIfEmpty } from './durable-folder.ts';

/** Tries each kind of call that a run needs, in a folder of its own, and removes all that it created. */
export async function probeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  try {
    const file = await open(join(folder, 'probe'), 'wx');
    await file.sync().finally(() => file.close());
    await link(join(folder, 'probe'), join(folder, 'linked'));
    await rename(join(folder, 'probe'), join(folder, 'renamed'));
  } finally {
    await rm(folder, { recursive: true, force: true });
    // Only the parents that this probe created; one that another run uses by now isn't empty and stays.
    for (let path = dirname(folder); made !== undefined && path.length >= made.length; path = dirname(path))
      await removeIfEmpty(path);
  }
}
