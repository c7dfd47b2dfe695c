/** Takes a snapshot of an account that responds with the given bytes. */
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from './anodot/server.ts';
import { runAt } from './clock.ts';
import { take } from './take.ts';

export async function takeResponse(
  folder: string,
  dt: string,
  users: string | Buffer,
  groups: readonly object[] = [],
): Promise<void> {
  const moment = new Date(`${dt}T00:15:00Z`);
  const server = await serveAnodot({
    users: answer(users, 200, { date: moment.toUTCString() }),
    groups: answer(groups),
  });
  try {
    await take({ url: server.url, store: new FolderStore(folder), run: { ...runAt(moment), dt } });
  } finally {
    await server.close();
  }
}
