import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { CommitEntry } from '../../functions/snapshot/commits/commit.ts';
import { readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { Deadline } from '../../functions/snapshot/deadline.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store, StoredObject } from '../../functions/snapshot/store/store.ts';
import { type Verification, verify } from '../../functions/snapshot/verify/verify.ts';
import { numberedUsers, responseOn, timeless } from './anodot/numbered-responses.ts';
import { serveAnodot } from './anodot/server.ts';
import { dtOf, noon, runAt } from './clock.ts';
import { dyingInFinish, Killed } from './store-doubles.ts';
import { type Taken, type TakeOptions, take } from './take.ts';

/** Takes snapshots into a folder on days of February 2020, from an account whose responses are numbered. */

export interface Account {
  readonly url: string;
  readonly askedForUsers: () => number;
}

/** Serves an account until the current test ends. `before` runs before the n-th response. */
export async function serve(before: (n: number) => Promise<unknown> = async () => undefined): Promise<Account> {
  const server = await serveAnodot({
    users: (response, n, request) => {
      before(n).then(
        () => numberedUsers(response, n, request),
        () => response.destroy(),
      );
    },
    groups: timeless([]),
  });
  onTestFinished(() => server.close());
  return {
    url: server.url,
    askedForUsers: () => server.requests.filter(({ path }) => path === '/api/v2/users').length,
  };
}

/** This deadline stands still too, because what a run records about it must not depend on the machine. */
const UNMOVED: Deadline = { signal: new AbortController().signal, remaining: () => 60_000 };

interface RunOptions extends Omit<TakeOptions, 'url' | 'store' | 'run'> {
  readonly run?: Partial<Run>;
  readonly warnings?: string[];
}

/** A run that starts at noon on a day of February 2020. */
export function runOn(
  store: Store,
  day: number,
  url: string,
  { run, warnings = [], ...options }: RunOptions = {},
): Promise<Taken> {
  return take({
    ...options,
    url,
    store,
    run: {
      ...runAt(noon(day)),
      dt: dtOf(day),
      deadline: UNMOVED,
      onWarning: (message) => warnings.push(message),
      ...run,
    },
  });
}

/** A run that dies once it has committed and promoted this many objects. */
export async function dieAfterCommit(
  folder: string,
  day: number,
  url: string,
  placed = 0,
  run: Partial<Run> = {},
): Promise<void> {
  await expect(runOn(dyingInFinish(new FolderStore(folder), placed), day, url, { run })).rejects.toThrow(Killed);
}

export async function entryOf(store: Store, number: number): Promise<CommitEntry> {
  const entry = await readCommit(store, number);
  if (!entry) throw new Error(`commit ${number} does not exist`);
  return entry;
}

export const stagedPath = (folder: string, { staged }: StoredObject): string =>
  join(folder, staged && 'path' in staged ? staged.path : 'none');

/** The commit whose manifest is in place. */
export async function finishedOn(store: Store, day: number): Promise<number | undefined> {
  const bytes = await store.read(KEYS.manifest(dtOf(day)));
  return bytes && MANIFEST.parse(jsonOf(bytes)).commit;
}

export const responseOnDay = (store: Store, day: number): Promise<number> => responseOn(store, dtOf(day));
export const verifyOn = (store: Store, day: number): Promise<Verification> => verify(store, { today: dtOf(day) });
export const stagings = (folder: string): Promise<string[]> => readdir(join(folder, '.staged'));
