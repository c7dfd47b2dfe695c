/** `verify --deep` over a folder of many days, with a hundred others each day, compared with the same command without `--deep`. */
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { DAY_MILLISECONDS } from '../../../functions/snapshot/utc-day.ts';
import { serveAnodot } from '../../support/anodot/server.ts';
import { runAt } from '../../support/clock.ts';
import { take } from '../../support/take.ts';
import { countText, type Figure } from '../figure.ts';
import { manyUsers } from '../many-users.ts';
import { runCommand, withFolder } from '../processes.ts';
import { compared, inTurn, megabytes } from '../rounds.ts';

const [DAYS, USERS] = [400, 1000];
const LAST = Date.UTC(2026, 10, 25, 2, 15);

export const deep: Figure = {
  name: 'deep',
  rows: ({ scaled }) => {
    const of = `${countText(scaled(DAYS))} days of ${countText(USERS)} users`;
    return [
      { name: `peak memory of verify --deep, ${of}`, unit: 'MB', must: 150 },
      { name: `verify --deep over verify, ${of}`, unit: '' },
    ];
  },
  measure: ({ longRounds, scaled }) =>
    withFolder(async (folder) => {
      await publish(folder, scaled(DAYS));
      const verify = ['verify', '--store', folder];
      const [deep = [], plain = []] = await inTurn(
        longRounds,
        [() => runCommand([...verify, '--deep']), () => runCommand(verify)],
        false,
      );
      return { measured: [{ values: deep.map(megabytes) }, compared(deep, plain)] };
    }),
};

async function publish(folder: string, days: number): Promise<void> {
  const server = await serveAnodot({ users: manyUsers(USERS) });
  const store = new FolderStore(folder);
  try {
    for (let n = 1; n <= days; n++)
      await take({ url: server.url, store, run: runAt(new Date(LAST - (days - n) * DAY_MILLISECONDS)) });
  } finally {
    await server.close();
  }
}
