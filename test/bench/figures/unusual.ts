/** An account in which every user is unusual: no path for rare values may be so slow that such an account can't be received. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAccount } from '../account-file.ts';
import { countText, type Figure } from '../figure.ts';
import { unusualUser, user } from '../many-users.ts';
import { takeSnapshot, withAccount, withFolder } from '../processes.ts';
import { compared, inTurn } from '../rounds.ts';

const USERS = 300_000;

export const unusual: Figure = {
  name: 'unusual',
  rows: ({ scaled }) => [
    { name: `every user unusual over ordinary, ${countText(scaled(USERS))} users`, unit: '', must: 2.8, aim: 1.5 },
  ],
  measure: ({ longRounds, scaled }) =>
    withFolder(async (folder) => {
      const path = (name: string) => join(folder, name);
      await writeAccount(path('unusual.json'), scaled(USERS), unusualUser);
      await writeAccount(path('ordinary.json'), scaled(USERS), user);
      const take = async (url: string) => {
        await rm(path('store'), { recursive: true, force: true });
        return takeSnapshot(path('store'), url);
      };
      return withAccount(path('unusual.json'), (unusualUrl) =>
        withAccount(path('ordinary.json'), async (url) => {
          const [odd, ordinary] = await inTurn(longRounds, [() => take(unusualUrl), () => take(url)], false);
          return { measured: [compared(odd, ordinary)] };
        }),
      );
    }),
};
