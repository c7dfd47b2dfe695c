import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { commitNumbers } from '../../functions/snapshot/commits/commit-log.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { digestOf } from '../../functions/snapshot/store/digest.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { numberedUsers, responseOn, timeless } from '../support/anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from '../support/anodot/server.ts';
import { shown } from '../support/fault-table.ts';
import type { Order } from '../support/snapshot-worker.ts';
import { commitsOf } from '../support/stored-commits.ts';
import { newFolder } from '../support/take.ts';

const WORKER = join(import.meta.dirname, '../support/snapshot-worker.ts');
const ROUNDS = 100;
const ROUNDS_IN_A_FOLDER = 20;
const LONG = 300_000;
const SECOND = 1000;

const midnight = (day: number): number => Date.UTC(2020, 1, day);
const dtOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const ENDED = z.strictObject({ code: z.int(), commit: z.int().nullable(), message: z.string().nullable() });
type Ended = z.infer<typeof ENDED>;

/** A process that takes one snapshot after another. */
class Worker {
  readonly bearer: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string) {
    this.bearer = `a.${name}.c`;
    this.#process = spawn(process.execPath, [WORKER], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async take(folder: string, url: string, time: number, runId?: string): Promise<Ended> {
    const order: Order = {
      folder,
      url,
      bearer: this.bearer,
      startedAt: new Date(time).toISOString(),
      ...(runId && { runId }),
    };
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the worker ended with ${this.#process.exitCode}`);
    return ENDED.parse(JSON.parse(value));
  }

  end(): void {
    this.#process.stdin.end();
  }
}

let server: AnodotServer;
let workers: readonly [Worker, Worker];
/** The bearer that received the response with this number. */
const askers = new Map<number, string>();
/** The runs that have staged their users and wait for the other before they commit. */
let waiting: (() => void)[] = [];
let left = 2;

beforeAll(async () => {
  server = await serveAnodot({
    users: (response, n, request) => {
      askers.set(n, request.headers.authorization?.slice('Bearer '.length) ?? '');
      numberedUsers(response, n, request);
    },
    // Requested once users are staged, so both runs have staged before either commits.
    groups: (...asked) => {
      if (left === 0) return timeless([])(...asked);
      waiting.push(() => timeless([])(...asked));
      if (--left > 0) return;
      for (const go of Math.random() < 0.5 ? waiting : waiting.toReversed()) go();
    },
  });
  workers = [new Worker('one'), new Worker('two')];
});
afterAll(async () => {
  for (const worker of workers) worker.end();
  await server.close();
});

/** Runs both at once, with `verify` all the while, which must not report work in progress as damage. */
async function round(folder: string, times: readonly [number, number], runId?: string): Promise<[Ended, Ended]> {
  waiting = [];
  left = 2;
  let running = true;
  const take = (worker: 0 | 1) => workers[worker].take(folder, server.url, times[worker], runId);
  const both = Promise.all([take(0), take(1)]).finally(() => {
    running = false;
  });
  const look = async () => {
    const damages = new Set<string>();
    while (running) {
      const { findings } = await verify(new FolderStore(folder), { today: dtOf(Math.max(...times)) });
      for (const { level, key, message } of findings) if (level === 'damaged') damages.add(`${key} ${message}`);
    }
    return [...damages];
  };
  const [ended, seen] = await Promise.all([both, look()]);
  expect(seen).toEqual([]);
  return ended;
}

/** The store is sound, nothing is left staged, and each object of the date matches its manifest. */
async function expectSound(folder: string, dt: string): Promise<void> {
  const store = new FolderStore(folder);
  const verification = await verify(store, { today: dt });
  expect(verification).toMatchObject({ status: 'sound', findings: [], missing_days: [] });
  expect(await readdir(join(folder, '.staged'))).toEqual([]);
  const manifest = MANIFEST.parse(jsonOf((await store.read(KEYS.manifest(dt))) ?? Buffer.alloc(0)));
  for (const { key, bytes, sha256 } of manifest.objects) expect(await digestOf(store, key)).toEqual({ bytes, sha256 });
}

describe('two runs at once', () => {
  test(
    'on one day or across midnight never bring back an older snapshot: one commits first, and the other is superseded or builds on it',
    async () => {
      const counts = {
        'first of a day': 0,
        'second of a day': 0,
        'built on the day before': 0,
        'day before came too late': 0,
      };
      let folder = '';
      let newest = 0;
      for (let i = 0, day = 1; i < ROUNDS; i++) {
        if (i % ROUNDS_IN_A_FOLDER === 0) folder = await newFolder();
        const store = new FolderStore(folder);
        const before = (await commitNumbers(store)).length;
        const across = i % 2 === 1;
        if (across) day++;
        // The worker that starts on the day before alternates.
        const times: [number, number] = [midnight(day) + SECOND, midnight(day) + SECOND];
        if (across) times[i % 4 === 1 ? 0 : 1] = midnight(day) - SECOND;
        const ended = await round(folder, times);

        const commits = (await commitsOf(store)).slice(before);
        const published = ended
          .map(({ code, commit }, worker) => ({ code, commit, worker }))
          .filter(({ code }) => code === 0);
        const superseded = ended.filter(({ code }) => code === 8);
        expect(published.length + superseded.length).toBe(2);
        expect(new Set(published.map(({ commit }) => commit))).toEqual(new Set(commits.map(({ commit }) => commit)));
        const last = commits.at(-1);
        expect(last?.dt).toBe(dtOf(midnight(day)));
        if (across) {
          counts[published.length === 2 ? 'built on the day before' : 'day before came too late']++;
          if (published.length === 2)
            expect(commits.map(({ dt }) => dt)).toEqual([midnight(day) - SECOND, midnight(day)].map(dtOf));
        } else {
          expect(published).toHaveLength(1);
          counts[published[0]?.worker === 0 ? 'first of a day' : 'second of a day']++;
        }
        for (const { message } of superseded) expect(message).toContain('another run published');

        const publisher = published.find(({ commit }) => commit === last?.commit)?.worker ?? -1;
        const number = await responseOn(store, dtOf(midnight(day)));
        expect(askers.get(number)).toBe(workers[publisher]?.bearer);
        expect(number).toBeGreaterThan(newest);
        newest = number;
        await expectSound(folder, dtOf(midnight(day)));
      }
      console.info(`at once: ${JSON.stringify(counts)}`);
      const happened = 'one commits first, and the other is superseded or builds on it; no older response comes back';
      shown('F32', `${ROUNDS} rounds of two processes at once, on one day and across midnight`, happened);
    },
    LONG,
  );

  test(
    'for one event create one commit, and both return its result',
    async () => {
      const folder = await newFolder();
      for (let i = 1; i <= 20; i++) {
        const ended = await round(folder, [midnight(1), midnight(1) + SECOND], `event-${i}`);
        expect(ended).toEqual(Array.from({ length: 2 }, () => ({ code: 0, commit: i, message: null })));
        await expectSound(folder, dtOf(midnight(1)));
      }
      shown(
        'F30a',
        'two processes take one event at the same time, 20 times',
        'one commit each time, and both have its result',
      );
    },
    LONG,
  );
});
