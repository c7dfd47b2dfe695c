import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { take } from './take.ts';

/** Takes one snapshot, as of a time, and says when it starts: `node snapshot-child.ts FOLDER URL TIME BEARER`. To be killed. */
const [folder = '', url = '', time = '', bearer = ''] = process.argv.slice(2);
const startedAt = new Date(time);
process.stdout.write('started\n');
await take({
  url,
  store: new FolderStore(folder),
  run: { startedAt, now: () => startedAt },
  readToken: async () => bearer,
});
