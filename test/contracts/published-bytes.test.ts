import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { newFolder, take } from '../support/take.ts';
import { ACCOUNTS } from './odd-accounts.ts';

const DAYS = ['2026-11-22', '2026-11-23'] as const;

/**
 * SHA-256 of every object of two days, by key, except `raw`, whose compressed bytes depend on zlib. They change only if the published
 * format is meant to change. Then run this test, check each difference, and record the new hashes.
 */
const HASHES: { readonly [account: string]: { readonly [key: string]: string } } = JSON.parse(
  await readFile(join(import.meta.dirname, 'published-bytes.json'), 'utf8'),
);

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

test.each(Object.entries(ACCOUNTS))(
  'publishing an account (%s) writes exactly the recorded bytes',
  async (name, days) => {
    const folder = await newFolder();
    endings.push(() => rm(folder, { recursive: true }));
    for (const [i, users] of days.entries()) await takeDay(folder, DAYS[i] ?? '', i, users);

    expect(await hashesIn(folder)).toEqual(HASHES[name]);
  },
);

async function takeDay(folder: string, dt: string, day: number, users: string | Buffer): Promise<void> {
  const groups = [
    { id: 'g1', name: 'Operations', created: '2026-01-02T03:04:05.678Z', modified: '2026-02-03T04:05:06.789Z' },
  ];
  const date = { date: new Date(`${dt}T02:15:00Z`).toUTCString() };
  const server = await serveAnodot({ users: answer(users, 200, date), groups: answer(groups, 200, date) });
  const moment = new Date(`${dt}T02:15:00.000Z`);
  let executions = 0;
  try {
    await take({
      url: server.url,
      store: new FolderStore(folder),
      environment: { SNAPSHOT_KEEP_RAW: 'false' },
      run: {
        runId: `${dt.replaceAll('-', '')}T021500Z-schedule`,
        trigger: 'schedule',
        scheduledAt: `${dt}T02:15:00Z`,
        startedAt: moment,
        dt,
        sourceName: 'https://app.anodot.com',
        deadline: { signal: new AbortController().signal, remaining: () => 240_000 },
        now: () => moment,
        newExecution: () => `${day}${String(executions++).padStart(7, '0')}`,
      },
    });
  } finally {
    await server.close();
  }
}

async function hashesIn(folder: string): Promise<{ [key: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const keys = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const hashes: { [key: string]: string } = {};
  for (const key of keys)
    hashes[key] = createHash('sha256')
      .update(await readFile(join(folder, key)))
      .digest('hex');
  return hashes;
}
