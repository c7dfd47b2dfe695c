import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { deadlineIn, take } from '../support/take.ts';

/** Takes one snapshot as of a date: `node take-day.ts FOLDER URL DATE`. */
const [folder = '', url = '', date = ''] = process.argv.slice(2);
const startedAt = new Date(`${date}T02:15:00Z`);
const deadline = deadlineIn(600_000);
await take({ url, store: new FolderStore(folder), run: { startedAt, now: () => startedAt, deadline } });
