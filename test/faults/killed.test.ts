import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Commit } from '../../functions/snapshot/commits/commit.ts';
import { commitNumbers, isFinished, readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import { StoreError, SupersededError } from '../../functions/snapshot/errors.ts';
import { digestOf } from '../../functions/snapshot/store/digest.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { type AnodotServer, answer, serveAnodot } from '../support/anodot/server.ts';
import { type Around, DyingStore, Killed, type Moment, watched } from '../support/store-doubles.ts';
import { newFolder, take } from '../support/take.ts';

const CHILD = join(import.meta.dirname, '../support/snapshot-child.ts');
const KILLS = 100;
const USERS = 24;
const TODAY = 24;
const LONG = 300_000;

const noon = (day: number): Date => new Date(Date.UTC(2020, 1, day, 12));
const dtOf = (day: number): string => noon(day).toISOString().slice(0, 10);

/** A bearer by which the server tells the runs in a folder from others. */
const bearerOf = (folder: string): string => `a.${Buffer.from(folder).toString('hex')}.c`;

/** Numbers its answers, in the name of each user, and sends them user by user; `onSent` is told of each, and for whom. */
async function serveAccount(onSent: (bearer: string) => void = () => undefined): Promise<AnodotServer> {
  const send = (response: ServerResponse, n: number, i: number, bearer: string): void => {
    if (i === USERS) {
      response.end(']');
      return;
    }
    const user = { _id: `user-${i}`, firstName: `answer ${n}`, ownerOrganization: 'org', groups: ['g1'] };
    response.write(`${i === 0 ? '[' : ','}${JSON.stringify(user)}`, () => {
      onSent(bearer);
      setImmediate(send, response, n, i + 1, bearer);
    });
  };
  return serveAnodot({
    users: (response, n, { headers }) => {
      response.sendDate = false; // the clock of these tests stands still
      send(response, n, 0, headers.authorization?.slice('Bearer '.length) ?? '');
    },
    groups: (response, n, request) => {
      response.sendDate = false;
      answer([{ _id: 'g1', name: `answer ${n}` }])(response, n, request);
    },
  });
}

const runOn = (store: Store, day: number, url: string) =>
  take({ url, store, run: { startedAt: noon(day), now: () => noon(day) } });

const statusOn = async (store: Store, day: number): Promise<string> =>
  (await verify(store, { today: dtOf(day) })).status;

async function commitsOf(store: Store): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (const number of await commitNumbers(store)) {
    const commit = (await readCommit(store, number))?.commit;
    if (!commit) throw new Error(`commit ${number} is damaged`);
    commits.push(commit);
  }
  return commits;
}

/** The hash of everything in place, by key. */
async function inPlace(store: Store): Promise<Map<string, string | undefined>> {
  const keys = (await Promise.all(PUBLISHED_FOLDERS.map((folder) => store.list(folder)))).flat();
  return new Map(await Promise.all(keys.map(async (key) => [key, (await digestOf(store, key))?.sha256] as const)));
}

/**
 * What holds at every moment, whatever died: an object in place has the bytes that a commit names for it, those of the commit
 * whose manifest is in place or of a later one; `raw` and run documents are whole; a later commit has a later answer.
 */
async function expectIntact(store: Store, day: number): Promise<void> {
  const commits = await commitsOf(store);
  const found = await inPlace(store);
  for (const [key, sha256] of found) {
    const makers = commits.filter(({ objects }) => objects.some((o) => o.key === key && o.sha256 === sha256));
    expect(makers, `${key} has the bytes of no commit`).not.toEqual([]);
    const dt = /\d{4}-\d\d-\d\d/.exec(key)?.[0] ?? '';
    const manifest = found.get(KEYS.manifest(dt));
    const complete = commits.find(({ objects }) =>
      objects.some(({ kind, sha256: s }) => kind === 'manifest' && s === manifest),
    );
    if (complete?.objects.some((object) => object.key === key)) {
      const newest = Math.max(...makers.map(({ commit }) => commit));
      expect(newest, `${key} is older than the manifest of its day`).toBeGreaterThanOrEqual(complete.commit);
    }
  }
  for (const key of await store.list('runs/'))
    expect(RUN_DOCUMENT.safeParse(jsonOf((await store.read(key)) ?? Buffer.alloc(0))).success, key).toBe(true);
  const numbers = new Map<string, number>();
  for (const key of await store.list('raw/')) {
    const users = JSON.parse(String(gunzipSync((await store.read(key)) ?? Buffer.alloc(0))));
    expect(users).toHaveLength(USERS);
    numbers.set(key, Number(users[0].firstName.slice('answer '.length)));
  }
  const answers = commits.map(({ objects }) => numbers.get(objects.find(({ kind }) => kind === 'raw')?.key ?? ''));
  expect(answers).toEqual(answers.toSorted((a = 0, b = 0) => a - b));
  expect(['sound', 'interrupted', 'nothing']).toContain(await statusOn(store, day));
}

/** Where a run of this day was when it died. */
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
  /** Told of each user that is sent, by the folder for which. */
  const onSent = new Map<string, () => void>();

  beforeAll(async () => {
    cache = await newFolder(); // of compiled modules: a child starts in half the time
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

  /** Milliseconds from the start of a run to its end. */
  async function durationOfRun(folder: string, day: number): Promise<number> {
    const child = await start(folder, day);
    const began = performance.now();
    expect(await once(child, 'exit')).toEqual([0, null]);
    return performance.now() - began;
  }

  /** By turns: any moment of the run, any moment of the answer, when the commit appears, and a moment later. */
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

  /** Kills runs in one folder, one after the other, each followed by one that must converge, of the same day or the next. */
  async function killAgainAndAgain(kills: number): Promise<void> {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    await mkdir(join(folder, 'commits'));
    let day = 1;
    let duration = 200;
    for (let killed = 0, turn = randomInt(4); killed < kills; turn = (turn + 1) % 4) {
      const commitsBefore = (await commitNumbers(store)).length;
      const before = await inPlace(store);
      const child = await start(folder, day);
      const disarm = arm(turn, () => child.kill('SIGKILL'), folder, duration);
      const [, signal] = await once(child, 'exit');
      disarm();
      const phase = await phaseOf(store, commitsBefore);
      counts[signal === 'SIGKILL' ? phase : 'not any more']++;
      if (signal === 'SIGKILL') killed++;

      await expectIntact(store, day);
      if (phase === 'before the commit') expect(await inPlace(store)).toEqual(before);
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
    `at ${KILLS} moments of its run leaves nothing but what was committed, and the next run converges`,
    async () => {
      for (let folder = 0; folder < FOLDERS; folder += 2)
        await Promise.all([killAgainAndAgain(KILLS / FOLDERS), killAgainAndAgain(KILLS / FOLDERS)]);
      console.info(`killed: ${JSON.stringify(counts)}`);
      for (const phase of ['before the commit', 'between', 'after'] as const) expect(counts[phase]).toBeGreaterThan(0);
    },
    LONG,
  );
});

/** Runs, and is dead from the n-th call on: before that has an effect, or right after. Says whether it came so far. */
async function dieAt(n: number, moment: Moment, folder: string, day: number, url: string): Promise<boolean> {
  const stagings: Staging[] = [];
  const dying = new DyingStore(new FolderStore(folder), n, moment, (staging) => stagings.push(staging));
  const outcome = await runOn(dying.store, day, url).catch((error: unknown) => error);
  if (dying.isDead) expect(outcome).toBeInstanceOf(Killed);
  else expect(outcome).toMatchObject({ document: { status: 'published' } });
  await dying.settled();
  // A process that dies closes its files; what is in them stays.
  if (dying.isDead) await Promise.allSettled(stagings.map((staging) => staging.close()));
  return dying.isDead;
}

/** A run ends well, is superseded, or fails as is allowed. */
async function settle(run: Promise<unknown>, allowed: typeof StoreError | typeof SupersededError = SupersededError) {
  await run.catch((error: unknown) => {
    if (!(error instanceof SupersededError || error instanceof allowed)) throw error;
  });
}

describe('at any call', () => {
  let account: AnodotServer;
  /** Stores that a run may find, each in a folder to copy: the first calls take the first one, and so on. */
  let priors: readonly string[];

  beforeAll(async () => {
    account = await serveAccount();
    priors = await Promise.all([
      newFolder(),
      folderWith((folder) => runOn(new FolderStore(folder), TODAY, account.url)),
      folderWith((folder) => runOn(new FolderStore(folder), TODAY - 1, account.url)),
      folderWith((folder) => dieInFinish(folder, TODAY)),
      folderWith((folder) => dieInFinish(folder, TODAY - 1)),
    ]);
  });
  afterAll(() => account.close());

  async function folderWith(prepare: (folder: string) => Promise<unknown>): Promise<string> {
    const folder = await newFolder();
    await prepare(folder);
    return folder;
  }

  /** A run that dies when it has put its first object but `raw` in place. */
  async function dieInFinish(folder: string, day: number): Promise<void> {
    let placed = 0;
    const around: Around = async (call, perform) => {
      if (placed === 2) throw new Killed();
      const result = await perform();
      if (call === 'putInPlace') placed++;
      return result;
    };
    await expect(runOn(watched(new FolderStore(folder), around), day, account.url)).rejects.toThrow(Killed);
    expect(await statusOn(new FolderStore(folder), day)).toBe('interrupted');
  }

  const copyOf = (prior: string): Promise<string> =>
    folderWith(async (folder) => cpSync(prior, folder, { recursive: true }));

  /** Does something at the first call, the second, and so on, until a run has no more calls; some at once. */
  async function atEachCall(turn: number, work: (n: number, folder: string) => Promise<boolean>): Promise<void> {
    const lanes = Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 1 + lane, reached = true; reached; n += 4)
        reached = await work(n, await copyOf(priors[(n + turn) % priors.length] ?? ''));
    });
    await Promise.all(lanes);
  }

  async function expectSound(store: Store): Promise<void> {
    await expectIntact(store, TODAY + 1);
    expect(await verify(store, { today: dtOf(TODAY + 1) })).toMatchObject({ status: 'sound', findings: [] });
  }

  test.each([
    ['before', 0],
    ['after', 1],
    ['before', 2],
    ['after', 3],
  ] as const)(
    'a run that dies %s it has an effect leaves only what was committed, as does the next that dies; a later one converges (%i)',
    async (moment, turn) => {
      await atEachCall(turn, async (n, folder) => {
        const store = new FolderStore(folder);
        const reached = await dieAt(n, moment, folder, TODAY, account.url);
        await expectIntact(store, TODAY);
        const day = TODAY + (n % 2);
        if (moment === 'after') {
          await dieAt(1 + ((n * 7) % 60), n % 3 === 0 ? 'before' : 'after', folder, day, account.url);
          await expectIntact(store, day);
        }
        expect((await runOn(store, day, account.url)).document.status).toBe('published');
        await expectSound(store);
        return reached;
      });
    },
    LONG,
  );

  const others = [
    ['the day before', TODAY - 1],
    ['the day', TODAY],
    ['the day after', TODAY + 1],
  ] as const;

  test.each(others)(
    'a run that stalls while another of %s runs brings no older snapshot back when it wakes up',
    async (_, other) => {
      await atEachCall(other, async (n, folder) => {
        let calls = 0;
        const around: Around = async (_call, perform) => {
          if (++calls === n) await settle(runOn(new FolderStore(folder), other, account.url));
          return perform();
        };
        await settle(runOn(watched(new FolderStore(folder), around), TODAY, account.url));
        await expectSound(new FolderStore(folder));
        return calls >= n;
      });
    },
    LONG,
  );

  test.each(others)(
    'a run whose calls arrive only after another of %s has run brings no older snapshot back',
    async (_, other) => {
      await atEachCall(other, async (n, folder) => {
        const store = new FolderStore(folder);
        const late: (() => Promise<unknown>)[] = [];
        let calls = 0;
        const around: Around = (call, perform) => {
          if (!['create', 'replace', 'putInPlace', 'drop'].includes(call) || ++calls < n) return perform();
          late.push(perform);
          return Promise.reject(new StoreError('the call was lost'));
        };
        await settle(runOn(watched(store, around), TODAY, account.url), StoreError);
        const arrive = async () => {
          for (const perform of n % 3 === 0 ? late.reverse() : late) await perform();
        };
        if (n % 2 === 0) await arrive();
        await settle(runOn(store, other, account.url));
        await expectIntact(store, TODAY + 1);
        if (n % 2 === 1) await arrive();
        await expectIntact(store, TODAY + 1);
        expect((await runOn(store, TODAY + 1, account.url)).document.status).toBe('published');
        await expectSound(store);
        return calls >= n;
      });
    },
    LONG,
  );
});
