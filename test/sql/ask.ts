import { QueryDatabase } from '../../functions/command-line/query/database.ts';
import { PRINTERS } from '../../functions/command-line/query/printers.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Rows } from './expected.ts';
import { utcToday } from './history.ts';

/** Answers queries as the command does, as its JSON has them. */
export interface Asker {
  ask(sql: string): Promise<Rows>;
  close(): void;
}

/** Over a folder as it is now. */
export async function askerOf(folder: string): Promise<Asker> {
  const database = await QueryDatabase.open(new FolderStore(folder), utcToday());
  return {
    ask: async (sql) =>
      JSON.parse([...PRINTERS.json(await database.query(sql, new AbortController().signal))].join('')),
    close: () => database.close(),
  };
}

/** One answer over a folder. */
export async function answerOf(folder: string, sql: string): Promise<Rows> {
  const asker = await askerOf(folder);
  try {
    return await asker.ask(sql);
  } finally {
    asker.close();
  }
}
