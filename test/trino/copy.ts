import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';

/** Copies every object that the tables read to a folder. */
export async function copyOf(store: Store, folder: string): Promise<void> {
  for (const table of TABLES)
    for (const key of await store.list(table.folder)) {
      const path = join(folder, ...key.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, (await store.read(key)) ?? '');
    }
}
