import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import { RUN_DOCUMENT, type RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import { OperatorError, RefusedSnapshotError } from '../../functions/snapshot/errors.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';
import { type AnodotServer, answer, type Reply, type ServerOptions, serveAnodot } from './anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN, canaryUser, everythingIn, holdsCanary } from './canary.ts';
import { newFolder, type Taken, type TakeOptions, take } from './take.ts';

/** Only complete snapshots may appear in these folders. `raw/` and `runs/` may grow with every run. */
const PUBLISHED = /^(users|changes|groups|manifests|commits)\//;

export const GOOD_USERS = [canaryUser(1), canaryUser(2), canaryUser(3)];

export interface Replies {
  readonly exchange?: Reply;
  readonly users?: Reply;
  readonly groups?: Reply;
}

export interface RunOptions extends Partial<Omit<TakeOptions, 'store'>> {
  readonly server?: ServerOptions;
  /** The store that the run gets. Default: the folder itself. */
  readonly storeOf?: (store: FolderStore) => Store;
  /** Called with the folder before the run. */
  readonly prepare?: (folder: string) => Promise<void>;
}

export interface Outcome {
  readonly folder: string;
  readonly error: unknown;
  readonly taken: Taken | undefined;
  readonly document: RunDocument;
  /** The raw responses that this run kept, in the order of its attempts. */
  readonly raw: readonly Buffer[];
  readonly server: AnodotServer;
  /** Requests to the exchange and for users. */
  readonly posts: readonly AnodotServer['requests'][number][];
  readonly gets: readonly AnodotServer['requests'][number][];
  readonly milliseconds: number;
}

/** Every file of a folder, by its key. */
export async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(paths.sort().map(async (path) => [keyOf(folder, path), await readFile(path)] as const)),
  );
}

const keyOf = (folder: string, path: string): string => path.slice(folder.length + 1).replaceAll('\\', '/');

export const publishedIn = (files: ReadonlyMap<string, Buffer>): Map<string, Buffer> =>
  new Map([...files].filter(([key]) => PUBLISHED.test(key)));

let template: Promise<string> | undefined;

/** A folder for the current test, with the canary users published yesterday and today. */
export async function publishedFolder(): Promise<string> {
  template ??= publishTwice();
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(await template, folder, { recursive: true });
  return folder;
}

async function publishTwice(): Promise<string> {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  for (const daysAgo of [1, 0]) {
    const time = new Date(Date.now() - daysAgo * DAY_MILLISECONDS);
    const server = await serveAnodot({ users: answer(GOOD_USERS, 200, { date: time.toUTCString() }) });
    await take({ url: server.url, store, run: { now: () => time } }).finally(server.close);
  }
  return folder;
}

/** Takes a snapshot into a folder with published ones. The token, the bearer and the users are canaries. */
export async function run(replies: Replies, options: RunOptions = {}): Promise<Outcome> {
  const { server: serverOptions, storeOf = (store) => store, prepare, ...takeOptions } = options;
  const folder = await publishedFolder();
  await prepare?.(folder);
  const before = await filesOf(folder);
  const withBearer = { exchange: answer(JSON.stringify(CANARY_BEARER)), users: answer(GOOD_USERS), ...replies };
  const server = await serveAnodot(withBearer, serverOptions);
  onTestFinished(server.close);
  let executions = 0;
  const started = performance.now();
  let error: unknown;
  let taken: Taken | undefined;
  try {
    taken = await take({
      url: server.url,
      store: storeOf(new FolderStore(folder)),
      readToken: async () => CANARY_TOKEN,
      ...takeOptions,
      run: { newExecution: () => (++executions).toString(16).padStart(8, '0'), ...takeOptions.run },
    });
  } catch (thrown) {
    error = thrown;
  }
  const milliseconds = performance.now() - started;
  const after = await filesOf(folder);
  const added = [...after].filter(([key]) => !before.has(key));
  const [document] = added.filter(([key]) => key.startsWith('runs/'));
  return {
    folder,
    error,
    taken,
    document: RUN_DOCUMENT.parse(JSON.parse(String(document?.[1]))),
    raw: added.filter(([key]) => key.startsWith('raw/')).map(([, bytes]) => gunzipSync(bytes)),
    server,
    posts: server.requests.filter(({ path }) => path === '/api/v2/access-token'),
    gets: server.requests.filter(({ path }) => path === '/api/v2/users'),
    milliseconds,
  };
}

/** A run that must fail with this error and keep every failure's promises: nothing published, left behind or leaked. */
export async function failing(
  failure: abstract new (message: string) => OperatorError,
  replies: Replies,
  options: RunOptions = {},
): Promise<Outcome & { readonly error: OperatorError }> {
  let before = new Map<string, Buffer>();
  const prepare = async (folder: string): Promise<void> => {
    await options.prepare?.(folder);
    before = await filesOf(folder);
  };
  const outcome = await run(replies, { ...options, prepare });
  const { error, document, folder } = outcome;
  if (!(error instanceof OperatorError)) throw error ?? new Error('the run was published');
  expect(error).toBeInstanceOf(failure);
  const after = await filesOf(folder);
  expect(publishedIn(after)).toEqual(publishedIn(before));
  expect([...after.keys()].filter((key) => key.startsWith('.') && !before.has(key))).toEqual([]);
  expect(openFilesIn(folder)).toEqual([]);
  const rawKeys = [...after.keys()].filter((key) => key.startsWith('raw/') && !before.has(key));
  expect(document).toMatchObject({
    status: error instanceof RefusedSnapshotError ? 'refused' : 'failed',
    code: error.code,
    message: error.message,
    raw_key: rawKeys.at(-1) ?? null,
    ended_at: expect.any(String),
  });
  expect(error.message).not.toMatch(/\n|undefined|\[object|NaN/);
  expect(holdsCanary(everythingIn(error))).toBe(false);
  expectNoCanary(after);
  return { ...outcome, error };
}

/** A run that must publish. Also returns its rows. */
export async function publishing(
  replies: Replies,
  options: RunOptions = {},
): Promise<Outcome & { readonly taken: Taken; readonly rows: readonly { readonly [column: string]: unknown }[] }> {
  const outcome = await run(replies, options);
  const { taken, error, folder, document } = outcome;
  if (!taken) throw error;
  expect(document).toMatchObject({ status: 'published', code: 0, message: null });
  const files = await filesOf(folder);
  expect([...files.keys()].filter((key) => key.startsWith('.'))).toEqual([]);
  expectNoCanary(files);
  const lines = String(files.get(`users/json/dt=${document.dt}/users-${document.dt}.jsonl`))
    .trimEnd()
    .split('\n');
  return { ...outcome, taken, rows: lines[0] === '' ? [] : lines.map((line) => JSON.parse(line)) };
}

/** The files that this process has open in a folder. Always none on systems without /proc. */
function openFilesIn(folder: string): string[] {
  const descriptors = '/proc/self/fd';
  if (!existsSync(descriptors)) return [];
  const targets = readdirSync(descriptors).map((name) => {
    try {
      return readlinkSync(join(descriptors, name));
    } catch {
      return ''; // the descriptor that listed the folder
    }
  });
  return targets.filter((target) => target.startsWith(folder));
}

/** Names and addresses may occur only where personal data belongs, and tokens nowhere. */
function expectNoCanary(files: ReadonlyMap<string, Buffer>): void {
  const leaks = [...files].filter(([key, bytes]) => !/^(users|changes|raw)\//.test(key) && holdsCanary(bytes));
  expect(leaks.map(([key]) => key)).toEqual([]);
  const tokens = [...files].filter(
    ([key, bytes]) => !key.startsWith('raw/') && (bytes.includes(CANARY_TOKEN) || bytes.includes(CANARY_BEARER)),
  );
  expect(tokens.map(([key]) => key)).toEqual([]);
}
