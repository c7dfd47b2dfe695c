import { QueryDatabase } from '../../functions/command-line/query/database.ts';
import { PRINTERS } from '../../functions/command-line/query/printers.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Rows } from './expected.ts';
import { utcToday } from './history.ts';

/** Runs queries as the command does and returns the rows of its JSON output. */
export interface Asker {
  ask(sql: string): Promise<Rows>;
  close(): void;
}

/** Opens the current contents of a folder. */
export async function askerOf(folder: string): Promise<Asker> {
  const database = await QueryDatabase.open(new FolderStore(folder), utcToday());
  return {
    ask: async (sql) => {
      let json = '';
      for await (const text of PRINTERS.json(await database.query(sql, new AbortController().signal), 0)) json += text;
      return JSON.parse(json);
    },
    close: () => database.close(),
  };
}

/** Runs one query over a folder. */
export async function answerOf(folder: string, sql: string): Promise<Rows> {
  const asker = await askerOf(folder);
  try {
    return await asker.ask(sql);
  } finally {
    asker.close();
  }
}
