import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, type VerifyOptions, verify } from '../../functions/snapshot/verify/verify.ts';
import { numberedUsers, timeless } from './anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from './anodot/server.ts';
import { dtOf, noon, runAt } from './clock.ts';
import { newFolder, type Taken, type TakeOptions, take } from './take.ts';

/** A sound store of four commits over three days, for `verify` to read while tests damage it. */

/** The days of the four commits. */
export const DAYS = [24, 25, 25, 26];
export const COMMITS = [1, 2, 3, 4];
/** The newest commit of each day. */
export const NEWEST_OF_DAY = [1, 3, 4];

export interface FourCommits {
  readonly server: AnodotServer;
  /** The store, and the same store before its fourth commit. Copy them, or restore them after an edit. */
  readonly four: string;
  readonly three: string;
  runOn(folder: string, day: number, options?: Partial<TakeOptions>): Promise<Taken>;
  /** Takes a snapshot with a token that may not read groups. */
  runWithoutGroups(folder: string, day: number, options?: Partial<TakeOptions>): Promise<Taken>;
}

async function newStores(): Promise<FourCommits> {
  let denied = false;
  const server = await serveAnodot({
    users: numberedUsers,
    groups: (response, n, request) =>
      (denied ? timeless('', 403) : timeless([{ _id: 'g1', name: `group ${n}` }]))(response, n, request),
  });
  const runOn = (folder: string, day: number, options: Partial<TakeOptions> = {}) =>
    take({ url: server.url, store: new FolderStore(folder), run: runAt(noon(day)), ...options });
  const runWithoutGroups: FourCommits['runWithoutGroups'] = async (...words) => {
    denied = true;
    return runOn(...words).finally(() => {
      denied = false;
    });
  };
  const three = await newFolder();
  for (const day of DAYS.slice(0, 3)) await runOn(three, day);
  const four = await copyOf(three);
  await runOn(four, 26);
  return { server, four, three, runOn, runWithoutGroups };
}

/** The stores of a test file, available once its tests run. */
export function useFourCommits(): () => FourCommits {
  let stores: FourCommits | undefined;
  beforeAll(async () => {
    stores = await newStores();
  });
  afterAll(() => stores?.server.close());
  return () => {
    if (!stores) throw new Error('the tests have not begun');
    return stores;
  };
}

export async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  return copy;
}

export const verified = (folder: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verify(new FolderStore(folder), { today: dtOf(26), ...options });

type Level = Verification['findings'][number]['level'];

export const keysOf = ({ findings }: Verification, level: Level = 'damaged'): readonly string[] =>
  findings.filter((finding) => finding.level === level).map(({ key }) => key);

export const remove = (folder: string, key: string): Promise<void> => rm(join(folder, key), { recursive: true });

export async function write(folder: string, key: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), bytes);
}

/** What `verify` reports while an object has these bytes. */
export async function whileEdited(
  folder: string,
  key: string,
  edited: Uint8Array,
  options: Partial<VerifyOptions> = {},
): Promise<Verification> {
  const bytes = await readFile(join(folder, key));
  await writeFile(join(folder, key), edited);
  const verification = await verified(folder, options);
  await writeFile(join(folder, key), bytes);
  return verification;
}

/** Another value of the same type. */
export function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') {
    const edited = value.replace(/\d(?=\D*$)/, (digit) => (digit === '1' ? '2' : '1'));
    return edited === value ? `${value}x` : edited;
  }
  if (Array.isArray(value)) return value.slice(0, -1);
  if (value === null) return '2020-02-24';
  return { ...Object(value), more: 1 };
}
