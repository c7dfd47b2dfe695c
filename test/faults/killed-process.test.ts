import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitNumbers } from '../../functions/snapshot/commits/commit-log.ts';
import { isFinished } from '../../functions/snapshot/commits/finish.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import type { AnodotServer } from '../support/anodot/server.ts';
import { dtOf, noon } from '../support/clock.ts';
import { shown } from '../support/fault-table.ts';
import { bearerOf, expectIntact, runOn, serveAccount, statusOn, USERS } from '../support/intact-store.ts';
import { commitsOf, hashesOf } from '../support/stored-commits.ts';
import { newFolder } from '../support/take.ts';

/** A process killed at any moment publishes only what it committed, and the next run converges. */

const CHILD = join(import.meta.dirname, '../support/snapshot-child.ts');

const KILLS = 100;

const LONG = 300_000;

/** How far a run got before it died. */
async function phaseOf(store: Store, commitsBefore: number): Promise<'before the commit' | 'between' | 'after'> {
  const newest = (await commitsOf(store)).at(-1);
  if (!newest || newest.commit === commitsBefore) return 'before the commit';
  return (await isFinished(store, newest)) ? 'after' : 'between';
}

describe('a process that is killed', () => {
  const FOLDERS = 10;
  const counts = { 'before the commit': 0, between: 0, after: 0, 'not any more': 0 };
  let account: AnodotServer;
  let cache: string;
  /** Called for each user that the server sends, by the bearer of the run's folder. */
  const onSent = new Map<string, () => void>();

  beforeAll(async () => {
    cache = await newFolder(); // of compiled modules, which halves a child's start-up time
    account = await serveAccount((bearer) => onSent.get(bearer)?.());
  });
  afterAll(() => account.close());

  async function start(folder: string, day: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, [CHILD, folder, account.url, noon(day).toISOString(), bearerOf(folder)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }

  /** How long a run takes, in milliseconds. */
  async function durationOfRun(folder: string, day: number): Promise<number> {
    const child = await start(folder, day);
    const began = performance.now();
    expect(await once(child, 'exit')).toEqual([0, null]);
    return performance.now() - began;
  }

  /** Kills, in turn, at any moment of the run, at any moment of the response, when the commit appears, and a moment later. */
  function arm(turn: number, kill: () => void, folder: string, duration: number): () => void {
    if (turn === 0) {
      const timer = setTimeout(kill, Math.random() * duration);
      return () => clearTimeout(timer);
    }
    if (turn === 1) {
      let left = randomInt(1, USERS + 1);
      onSent.set(bearerOf(folder), () => --left === 0 && kill());
      return () => onSent.delete(bearerOf(folder));
    }
    const onCommit = turn === 2 ? kill : () => setTimeout(kill, (Math.random() * duration) / 4);
    const watcher = watch(join(folder, 'commits'), onCommit);
    return () => watcher.close();
  }

  /** Kills runs in one folder, one after another. Each is followed by a run of the same or the next day, which must converge. */
  async function killAgainAndAgain(kills: number): Promise<void> {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    await mkdir(join(folder, 'commits'));
    let day = 1;
    let duration = 200;
    for (let killed = 0, turn = randomInt(4); killed < kills; turn = (turn + 1) % 4) {
      const commitsBefore = (await commitNumbers(store)).length;
      const before = await hashesOf(store);
      const child = await start(folder, day);
      const disarm = arm(turn, () => child.kill('SIGKILL'), folder, duration);
      const [, signal] = await once(child, 'exit');
      disarm();
      const phase = await phaseOf(store, commitsBefore);
      counts[signal === 'SIGKILL' ? phase : 'not any more']++;
      if (signal === 'SIGKILL') killed++;

      await expectIntact(store, day);
      if (phase === 'before the commit') expect(await hashesOf(store)).toEqual(before);
      else expect(await statusOn(store, day)).toBe(phase === 'between' ? 'interrupted' : 'sound');
      day += killed % 2;
      if (killed === 1) duration = await durationOfRun(folder, day);
      else await runOn(store, day, account.url);
      const added = (await commitNumbers(store)).length - commitsBefore;
      expect(added).toBe(phase === 'before the commit' ? 1 : 2);
      await expectIntact(store, day);
      const verification = await verify(store, { today: dtOf(day) });
      expect(verification).toMatchObject({ status: 'sound', findings: [], missing_days: [] });
    }
  }

  test(
    `at ${KILLS} moments of its run publishes only what it committed, and the next run converges`,
    async () => {
      for (let folder = 0; folder < FOLDERS; folder += 2)
        await Promise.all([killAgainAndAgain(KILLS / FOLDERS), killAgainAndAgain(KILLS / FOLDERS)]);
      console.info(`killed: ${JSON.stringify(counts)}`);
      for (const phase of ['before the commit', 'between', 'after'] as const) expect(counts[phase]).toBeGreaterThan(0);
      shown(
        'F31',
        `a process killed with SIGKILL at ${KILLS} moments of its run`,
        'only what it committed, and the next run converges',
      );
    },
    LONG,
  );
});
