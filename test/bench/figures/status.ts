/** `npm start -- status` over a folder of many days, as it is typed. */
import { spawnSync } from 'node:child_process';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { publishHistory } from '../../sql/history.ts';
import { countText, type Figure } from '../figure.ts';
import { runCommand, TOP, withFolder } from '../processes.ts';
import { seconds } from '../rounds.ts';

const DAYS = 400;

export const status: Figure = {
  name: 'status',
  rows: ({ scaled }) => {
    const days = countText(scaled(DAYS));
    return [
      { name: `npm start -- status, ${days} days`, unit: 's', must: 0.5, aim: 0.3 },
      { name: `the same without npm, ${days} days`, unit: 's' },
    ];
  },
  measure: ({ rounds, scaled }) =>
    withFolder(async (store) => {
      await publishHistory(new FolderStore(store), { length: scaled(DAYS) });
      const words = ['status', '--store', store];
      const [typed, alone]: [number[], number[]] = [[], []];
      await runCommand(words);
      for (let round = 0; round < rounds; round++) {
        typed.push(secondsOfNpm(['start', '--silent', '--', ...words]));
        alone.push(seconds(await runCommand(words)));
      }
      return { measured: [{ values: typed }, { values: alone }] };
    }),
};

function secondsOfNpm(words: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync('npm', words, { cwd: TOP, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${words.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}
