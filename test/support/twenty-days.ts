import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { RefusedSnapshotError } from '../../functions/snapshot/errors.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, type VerifyOptions, verify } from '../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from './anodot/server.ts';
import { runAt } from './clock.ts';
import { newFolder, take } from './take.ts';

export const dtOf = (n: number) => new Date(Date.UTC(2020, 1, 18 + n)).toISOString().slice(0, 10); // includes a 29 February

/** What happened on 23 days. Twenty have a snapshot, three of them from several runs. Two were missed, and one was refused. */
export const DAYS = Array.from({ length: 23 }, (_, n) => {
  const times = { 3: ['02', '09'], 7: ['02', '09', '17'], 16: ['02', '09'], 5: [], 12: [] }[n] ?? ['02'];
  return { n, dt: dtOf(n), times, refused: n === 10, groupsDenied: (time: string) => n === 16 && time === '09' };
});

export const MISSED = [dtOf(5), dtOf(12)];

export const REFUSED = dtOf(10);

export const TODAY = dtOf(22);

export const COMMITS = 24;

export const commitKey = (number: number) => `commits/${String(number).padStart(8, '0')}.json`;

/** Ten to twelve users. Each run sees one of them renamed, and their number changes every day. */
export const usersAt = (n: number, run: number) =>
  Array.from({ length: 10 + (n % 3) }, (_, i) => ({
    _id: `user${i}`,
    firstName: 'Mallory',
    lastName: i === n % 10 ? `renamed ${n} ${run}` : 'plain',
    email: `user${i}@example.com`,
    roles: [i === (n + run) % 10 ? 'customer-admin' : 'customer-user'],
    disabled: false,
    ownerOrganization: 'organization',
    groups: [`group${(n + i) % 3}`],
  }));

export const verified = (place: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verify(new FolderStore(place), { today: TODAY, ...options });

export const damagedKeys = ({ findings }: Verification): string[] =>
  findings.filter(({ level }) => level === 'damaged').map(({ key }) => key);

/** The keys of all commits, manifests and objects. No commit names the raw response of the refused run. */
export async function allKeys(place: string): Promise<string[]> {
  const keys: string[] = [];
  for (const top of ['commits', 'manifests', 'users', 'changes', 'groups', 'raw']) {
    for (const entry of await readdir(join(place, top), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) keys.push(join(entry.parentPath, entry.name).slice(place.length + 1));
  }
  return keys.filter((key) => !key.startsWith(`raw/dt=${REFUSED}/`)).sort();
}

/** The groups of a day whose second run was denied them. They may stay or be removed without damage. */
export const LEFT_OVER = `groups/json/dt=${dtOf(16)}/groups-${dtOf(16)}.jsonl`;

const folders: string[] = [];

/** A copy that is removed after the file's tests. */
export async function copyOf(from: string): Promise<string> {
  const copy = await newFolder();
  await cp(from, copy, { recursive: true });
  folders.push(copy);
  return copy;
}

export interface TwentyDays {
  readonly folder: string;
  /** The store as it was after each commit: `states[41]` after the 42nd. */
  readonly states: readonly string[];
  /** The hash that each run prints, as an auditor would note it elsewhere. */
  readonly noted: readonly string[];
}

async function newStore(): Promise<TwentyDays> {
  const folder = await newFolder();
  folders.push(folder);
  const states: string[] = [];
  const noted: string[] = [];
  const store = new FolderStore(folder);
  let answered: { now: Date; users: readonly object[]; denied: boolean } = {
    now: new Date(),
    users: [],
    denied: false,
  };
  const server = await serveAnodot({
    users: (...call) => answer(answered.users, 200, { date: answered.now.toUTCString() })(...call),
    groups: (...call) =>
      answer([{ id: 'group0', name: answered.now.toISOString() }], answered.denied ? 403 : 200)(...call),
  });
  for (const { n, dt, times, refused, groupsDenied } of DAYS) {
    for (const [run, time] of times.entries()) {
      const now = new Date(`${dt}T${time}:15:00Z`);
      answered = { now, users: refused ? [] : usersAt(n, run), denied: groupsDenied(time) };
      const taken = take({ url: server.url, store, run: runAt(now) });
      if (refused) await expect(taken).rejects.toThrow(RefusedSnapshotError);
      else {
        noted.push((await taken).document.commit_sha256 ?? '');
        states.push(await copyOf(folder));
      }
    }
  }
  await server.close();
  return { folder, states, noted };
}

/** The store of a test file, available once its tests run. */
export function useTwentyDays(): () => TwentyDays {
  let store: TwentyDays | undefined;
  beforeAll(async () => {
    store = await newStore();
  });
  afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));
  return () => {
    if (!store) throw new Error('the tests have not begun');
    return store;
  };
}
