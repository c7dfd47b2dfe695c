import { createInterface } from 'node:readline';
import * as z from 'zod';
import { OperatorError } from '../../functions/snapshot/errors.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { take } from './take.ts';

const ORDER = z.strictObject({
  folder: z.string(),
  url: z.string(),
  bearer: z.string(),
  startedAt: z.iso.datetime(),
  runId: z.string().optional(),
});
export type Order = z.infer<typeof ORDER>;

/** Takes a snapshot for each JSON order on a line of stdin, and prints a line with its outcome. */
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, url, bearer, startedAt, runId } = ORDER.parse(JSON.parse(line));
  const started = new Date(startedAt);
  const run = { startedAt: started, now: () => started, ...(runId !== undefined && { runId }) };
  const ended = await take({ url, store: new FolderStore(folder), readToken: async () => bearer, run }).then(
    ({ document: { code, commit = null } }) => ({ code, commit, message: null }),
    (error: unknown) => {
      if (!(error instanceof OperatorError)) throw error;
      return { code: error.code, commit: null, message: error.message };
    },
  );
  process.stdout.write(`${JSON.stringify(ended)}\n`);
}
