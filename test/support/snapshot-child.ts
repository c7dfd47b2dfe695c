import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { take } from './take.ts';

/** Takes one snapshot at a given time, and prints when it starts, so that a test can kill it: `node snapshot-child.ts FOLDER URL TIME BEARER`. */
const [folder = '', url = '', time = '', bearer = ''] = process.argv.slice(2);
const startedAt = new Date(time);
process.stdout.write('started\n');
await take({
  url,
  store: new FolderStore(folder),
  run: { startedAt, now: () => startedAt },
  readToken: async () => bearer,
});
