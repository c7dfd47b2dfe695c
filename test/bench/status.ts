import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { publishHistory } from '../sql/history.ts';

/**
 * Measures `status` over a folder of 400 days, compared with the same command over an empty folder and with a Node.js process that
 * loads nothing. `npm run bench` runs it. Its exit code is 1 if the command takes a second or more.
 */
const DAYS = 400;
const ROUNDS = 9;
const MOST_MILLISECONDS = 1000;
const MAIN = join(import.meta.dirname, '../../functions/command-line/main.ts');

const folder = await mkdtemp(join(tmpdir(), 'status-'));
try {
  const store = join(folder, 'store');
  await publishHistory(new FolderStore(store), { length: DAYS });
  const commands = {
    'nothing loaded': ['-e', ''],
    'status, no days': [MAIN, 'status', '--store', join(folder, 'empty')],
    [`status, ${DAYS} days`]: [MAIN, 'status', '--store', store],
  };
  const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
  // Interleaved, so that a busy moment of the machine affects all of them.
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, words] of Object.entries(commands)) times.get(name)?.push(millisecondsOf(words));
  process.stdout.write(`\nprocesses, least and median of ${ROUNDS}:\n`);
  for (const [name, all] of times)
    process.stdout.write(`${name}: ${Math.min(...all).toFixed(0)} ms, ${median(all).toFixed(0)} ms\n`);
  if (Math.min(...(times.get(`status, ${DAYS} days`) ?? [])) >= MOST_MILLISECONDS) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function millisecondsOf(words: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, words, { stdio: 'ignore' });
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
