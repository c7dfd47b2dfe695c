import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreError, SupersededError } from '../../functions/snapshot/errors.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import type { AnodotServer } from '../support/anodot/server.ts';
import { dtOf } from '../support/clock.ts';
import { expectIntact, runOn, serveAccount, statusOn } from '../support/intact-store.ts';
import { type Around, type Death, DyingStore, Killed, watched } from '../support/store-doubles.ts';
import { newFolder } from '../support/take.ts';

/** A run that dies, stalls or is delayed at any call publishes only what it committed, and a later run converges. */

const LONG = 300_000;

const TODAY = 24;

/** Starts a run that dies at its n-th call, right before or after the call takes effect. Returns whether it got that far. */
async function dieAt(n: number, death: Death, folder: string, day: number, url: string): Promise<boolean> {
  const stagings: Staging[] = [];
  const dying = new DyingStore(new FolderStore(folder), n, death, (staging) => stagings.push(staging));
  const outcome = await runOn(dying.store, day, url).catch((error: unknown) => error);
  if (dying.isDead) expect(outcome).toBeInstanceOf(Killed);
  else expect(outcome).toMatchObject({ document: { status: 'published' } });
  await dying.settled();
  // The system closes the files of a dead process, and they keep what was written.
  if (dying.isDead) await Promise.allSettled(stagings.map((staging) => staging.close()));
  return dying.isDead;
}

/** Waits for a run that succeeds, is superseded or fails with the allowed error. */
async function settle(run: Promise<unknown>, allowed: typeof StoreError | typeof SupersededError = SupersededError) {
  await run.catch((error: unknown) => {
    if (!(error instanceof SupersededError || error instanceof allowed)) throw error;
  });
}

describe('a folder in which runs fail at any call', () => {
  let account: AnodotServer;
  /** The states that a run may find, each in a folder to copy. */
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

  /** Starts a run that dies once the raw response and one more object are in place. */
  async function dieInFinish(folder: string, day: number): Promise<void> {
    let promoted = 0;
    const around: Around = async (call, perform) => {
      if (call === 'putInPlace') promoted++; // the objects of a commit are promoted together
      if (promoted > 2) throw new Killed();
      return perform();
    };
    await expect(runOn(watched(new FolderStore(folder), around), day, account.url)).rejects.toThrow(Killed);
    expect(await statusOn(new FolderStore(folder), day)).toBe('interrupted');
  }

  const copyOf = (prior: string): Promise<string> =>
    folderWith(async (folder) => cpSync(prior, folder, { recursive: true }));

  /** Calls `work` for the first call, the second and so on, until a run has no more calls. Four are tried at a time. */
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
    ['before', 'first call first', 0],
    ['after', 'first call first', 1],
    ['before', 'last call first', 2],
    ['after', 'last call first', 3],
  ] as const)(
    'contains only what was committed after one or two runs in a row die right %s a call takes effect (the %s), and a later run converges (round %i)',
    async (moment, arrival, turn) => {
      await atEachCall(turn, async (n, folder) => {
        const store = new FolderStore(folder);
        const reached = await dieAt(n, { moment, arrival }, folder, TODAY, account.url);
        await expectIntact(store, TODAY);
        const day = TODAY + (n % 2);
        if (moment === 'after') {
          const again = { moment: n % 3 === 0 ? 'before' : 'after', arrival } as const;
          await dieAt(1 + ((n * 7) % 60), again, folder, day, account.url);
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
    'keeps the newer snapshot if a run stalls while a run of %s completes',
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
    "keeps the newer snapshot if a run's writes arrive only after a run of %s has completed",
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
