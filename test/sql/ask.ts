import { QueryDatabase } from '../../functions/command-line/query-database.ts';
import { PRINTERS } from '../../functions/command-line/query-formats.ts';
import { FolderStore } from '../../functions/snapshot/store/folder-store.ts';
import type { Rows } from './expected.ts';
import { utcToday } from './history.ts';

/** The answer that the command gives over a folder, as its JSON has it. */
export async function answerOf(folder: string, sql: string): Promise<Rows> {
  const database = await QueryDatabase.open(new FolderStore(folder), utcToday());
  try {
    return JSON.parse([...PRINTERS.json(await database.query(sql, new AbortController().signal))].join(''));
  } finally {
    database.close();
  }
}
