import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { serveAnodot } from '../support/anodot/server.ts';
import { runAt } from '../support/clock.ts';
import { take } from '../support/take.ts';
import { manyUsers } from './many-users.ts';

/**
 * Measures `verify --deep` over a folder of 400 days of 1,000 users, with a hundred others each day, compared with the same command
 * without `--deep`. `npm run bench` runs it. It has no limit of time. Its exit code is 1 if a command fails or takes too much memory.
 */
const DAYS = 400;
const USERS = 1000;
const ROUNDS = 2;
const MOST_MEGABYTES = 150;
const LAST = Date.UTC(2026, 10, 25, 2, 15);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const flags = packageJson.scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--max') || word.startsWith('--heap'));

async function publish(folder: string): Promise<void> {
  const server = await serveAnodot({ users: manyUsers(USERS) });
  const store = new FolderStore(folder);
  try {
    for (let n = 1; n <= DAYS; n++) {
      const at = new Date(LAST - (DAYS - n) * 86_400_000);
      await take({ url: server.url, store, run: runAt(at) });
    }
  } finally {
    await server.close();
  }
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** The whole command in its own process. */
async function measure(folder: string, words: readonly string[]): Promise<Measured> {
  const main = here('../../functions/command-line/main.ts');
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [...flags, '--import', here('report-peak.ts'), main, 'verify', '--store', folder, ...words],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`verify ${words.join(' ')} ended with ${code}: ${errors}${out}`);
  return { seconds, megabytes: Number(errors.trim().split('\n').at(-1)) / 1024 };
}

const folder = await mkdtemp(join(tmpdir(), 'deep-'));
try {
  await publish(folder);
  const [plain, deep]: [Measured[], Measured[]] = [[], []];
  // Interleaved, so that a busy moment of the machine affects both.
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await measure(folder, []));
    deep.push(await measure(folder, ['--deep']));
  }
  const least = (all: readonly Measured[]): number => Math.min(...all.map(({ seconds }) => seconds));
  const peak = (all: readonly Measured[]): number => Math.max(...all.map(({ megabytes }) => megabytes));
  process.stdout.write(`\nverify of ${DAYS} days of ${USERS} users, least of ${ROUNDS}, peak memory of all:\n`);
  for (const [name, all] of [
    ['without --deep', plain],
    ['with --deep', deep],
  ] as const)
    process.stdout.write(`${name}: ${least(all).toFixed(1)} s, ${peak(all).toFixed(0)} MB\n`);
  process.stdout.write(`ratio of times: ${(least(deep) / least(plain)).toFixed(1)}\n`);
  if (peak(deep) > MOST_MEGABYTES) {
    process.stdout.write(`over the limit of ${MOST_MEGABYTES} MB\n`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
