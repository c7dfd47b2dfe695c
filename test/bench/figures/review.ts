/** `report`, `review open` and `review close` over many days of a large account. About a thousand users change each day. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Review } from '../../../functions/snapshot/review/review-document.ts';
import { addDays } from '../../../functions/snapshot/utc-day.ts';
import { fillWorkbook } from '../../support/fill-sheet.ts';
import { countText, type Figure, type Size } from '../figure.ts';
import { runCommand, type Usage, withFolder } from '../processes.ts';
import { publishChangingUsers } from '../publish-changing-users.ts';
import { megabytes, secondsText } from '../rounds.ts';

const [USERS, DAYS] = [100_000, 400];
const LAST = '2026-11-26';

export const review: Figure = {
  name: 'review',
  rows: ({ scaled }) => {
    const of = `report and review, ${countText(scaled(DAYS))} days of ${countText(usersOf(scaled))} users`;
    return [
      { name: `most memory of ${of}`, unit: 'MB', must: 1000 },
      { name: `most processor time of ${of}`, unit: 's', must: 60 },
    ];
  },
  measure: ({ scaled }) =>
    withFolder(async (folder) => {
      const commands = await measureCommands(folder, usersOf(scaled), scaled(DAYS));
      const details = commands.map(([name, { processorSeconds }]) => `${name} ${secondsText(processorSeconds)}`);
      const all = commands.map(([, usage]) => usage);
      return {
        measured: [
          { values: [Math.max(...all.map(megabytes))] },
          { values: [Math.max(...all.map((usage) => usage.processorSeconds))], details: details.join(', ') },
        ],
      };
    }),
};

/** More than the users that change in a day. */
const usersOf = (scaled: Size['scaled']): number => Math.max(2000, scaled(USERS));

/** A list of people as an identity provider exports it: nine in ten users, and others. */
const people = ({ rows }: Review): string =>
  rows
    .filter(({ row }) => row % 10 > 0)
    .map(
      ({ email, first_name }, i) => `${i};${first_name};${email?.toUpperCase()};boss${i % 100}@example.com;Active\r\n`,
    )
    .join('');

async function measureCommands(folder: string, users: number, days: number): Promise<readonly [string, Usage][]> {
  const firstDay = addDays(LAST, 1 - days);
  const since = addDays(LAST, -Math.min(90, days - 1));
  const [store, list, first, newest] = ['store', 'people.csv', 'first', 'newest'].map((name) => join(folder, name));
  if (!store || !list || !first || !newest) throw new Error('four paths');
  await publishChangingUsers(store, { users, first: firstDay, days, whole: [since, LAST] });
  const run = (...words: readonly string[]) => runCommand([...words, '--store', store], { codes: [0, 13] });
  // The oldest day, so that closing reads all that came after.
  const opened = await run('review', 'open', '--dt', firstDay, '--out', first);
  const document: Review = JSON.parse(await readFile(join(first, 'review.json'), 'utf8'));
  await writeFile(list, `\ufeffEmployee ID;Name;Work e-mail;Manager e-mail;Status\r\n${people(document)}`);
  const newestWords = ['--out', newest, '--since', since, '--people', list, '--for', 'vanta'];
  const openedNewest = await run('review', 'open', ...newestWords);
  const report = await run('report', '--out', join(folder, 'report.html'));
  const all = await run('report', '--since', firstDay, '--out', join(folder, 'all.html'));
  const decisions = document.rows
    .filter(({ row }) => row % 50 === 0)
    .map(({ email, is_admin }) => [email, is_admin ? 'revoke-admin' : 'revoke']);
  await fillWorkbook(first, { decisions: Object.fromEntries(decisions), decidedAt: firstDay });
  const closed = await run('review', 'close', first);
  return [
    ['review open of the first day', opened],
    ['review open', openedNewest],
    ['report', report],
    ['report of all days', all],
    ['review close', closed],
  ];
}
