/** The ordinary account: what a whole command adds to the start of Node.js and to receiving. */
import { join } from 'node:path';
import { writeAccount } from '../account-file.ts';
import type { Figure } from '../figure.ts';
import { user } from '../many-users.ts';
import { receiving } from '../peers/receive.ts';
import { runCode, takeSnapshot, withAccount, withFolder } from '../processes.ts';
import { compared, inTurn } from '../rounds.ts';

export const command: Figure = {
  name: 'command',
  rows: () => [
    {
      name: 'whole command, 1,000 users, over an empty Node.js process that receives the same',
      unit: '',
      must: 3,
      aim: 2.5,
    },
  ],
  measure: ({ rounds }) =>
    withFolder(async (folder) => {
      const file = join(folder, 'users.json');
      await writeAccount(file, 1000, user);
      return withAccount(file, async (url) => {
        let n = 0;
        const [whole, empty] = await inTurn(rounds, [
          () => takeSnapshot(join(folder, `store-${n++}`), url),
          () => runCode(receiving(url)),
        ]);
        return { measured: [compared(whole, empty)] };
      });
    }),
};
