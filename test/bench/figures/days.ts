/** A day with a comparison: what it costs over a day without one, and the most memory that a run takes with everything on. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, dtOf } from '../../../functions/snapshot/utc-day.ts';
import { writeAccount } from '../account-file.ts';
import { countText, type Figure } from '../figure.ts';
import { dayLater, user } from '../many-users.ts';
import { runFile, takeSnapshot, type Usage, withAccount, withFolder } from '../processes.ts';
import { compared, inTurn, megabytes, ratios, usageText } from '../rounds.ts';

const [LESS, MORE] = [100_000, 1_000_000];

export const days: Figure = {
  name: 'days',
  rows: ({ scaled }) => {
    const [less, more] = [countText(scaled(LESS)), countText(scaled(MORE))];
    return [
      { name: `second day, ${more} users, 20 % of rows changed, over the first day`, unit: '', must: 1.4, aim: 1.2 },
      { name: `peak memory, ${more} users, everything on`, unit: 'MB', must: 150, aim: 110 },
      { name: `peak memory, ${more} users over ${less}, everything on`, unit: '', must: 1.3, aim: 1.1 },
      { name: `peak memory, ${more} users, with changes over without`, unit: '', must: 1.3 },
    ];
  },
  measure: async ({ longRounds, scaled }) => {
    const [less, more] = [await measureDays(scaled(LESS), longRounds), await measureDays(scaled(MORE), longRounds)];
    const peaks = more.second.map(megabytes);
    return {
      measured: [
        compared(more.second, more.first),
        { values: peaks },
        { values: ratios(peaks, less.second.map(megabytes)), details: usageText(less.second) },
        { values: ratios(peaks, more.first.map(megabytes)) },
      ],
    };
  },
};

/** Whole commands that publish to an empty folder, and to one with a snapshot of the day before. */
const measureDays = (users: number, rounds: number): Promise<{ first: readonly Usage[]; second: readonly Usage[] }> =>
  withFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    await writeAccount(path('first.json'), users, user);
    await writeAccount(path('second.json'), users, dayLater);
    return withAccount(path('first.json'), async (firstUrl) => {
      await runFile('take-day.ts', [path('yesterday'), firstUrl, addDays(dtOf(new Date()), -1)]);
      return withAccount(path('second.json'), async (secondUrl) => {
        const store = path('store');
        const empty = () => rm(store, { recursive: true, force: true });
        const [first = [], second = []] = await inTurn(
          rounds,
          [
            async () => {
              await empty();
              return takeSnapshot(store, firstUrl);
            },
            async () => {
              await empty();
              await cp(path('yesterday'), store, { recursive: true });
              return takeSnapshot(store, secondUrl);
            },
          ],
          false,
        );
        return { first, second };
      });
    });
  });
