import { spawnSync } from 'node:child_process';
import { link, lstat, mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../../functions/snapshot/store/store.ts';
import { DAY_MILLISECONDS } from '../../../../../../functions/snapshot/utc-day.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { newExecution, newFolder } from '../../../../../support/take.ts';

const DT = '2020-02-29';
const key = KEYS.json(DT);
const X = Buffer.from('x');
const HEX = 'aaaaaaaa';
const staged: StoredObject = { kind: 'json', key, bytes: 1, sha256: 'x', staged: { path: `.staged/${HEX}/a.jsonl` } };
const EIGHT_DAYS_AGO = () => (Date.now() - 8 * DAY_MILLISECONDS) / 1000;
const inEightDays = () => new Date(Date.now() + 8 * DAY_MILLISECONDS);

/** A store with one object of each kind, and a folder next to it that must stay unchanged. */
async function newStore() {
  const above = await newFolder();
  const [root, outside] = [join(above, 'store'), join(above, 'outside')];
  const store = new FolderStore(root);
  await store.create('commits/00000001.json', X);
  await store.replace('runs/a.json', X);
  await store.replace(key, X);
  await store.replace(`.staged/${HEX}/a.jsonl`, X);
  await mkdir(join(outside, HEX), { recursive: true });
  for (const name of ['precious', `${HEX}/a.jsonl`, '00000001.json']) await writeFile(join(outside, name), 'precious');
  await utimes(join(outside, HEX), EIGHT_DAYS_AGO(), EIGHT_DAYS_AGO());
  return { store, root, outside };
}

async function contentsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (file) => `${file}: ${await readFile(file, 'utf8')}`));
}

/** Replaces a folder or file of the store with a link to the outside. */
async function replaceByLink(root: string, name: string, target: string): Promise<void> {
  await mkdir(join(root, name, '..'), { recursive: true });
  await rename(join(root, name), join(root, '..', `moved-${newExecution()}`)).catch(() => undefined);
  await symlink(target, join(root, name));
}

type Call = readonly [call: string, work: (store: FolderStore) => Promise<unknown>];
const READ: readonly Call[] = [
  ['read', (store) => store.read(key)],
  ['open', (store) => store.open(key)],
];
const WRITE: readonly Call[] = [
  ['create', (store) => store.create(key, X)],
  ['replace', (store) => store.replace(key, X)],
  ['putInPlace', (store) => store.putInPlace(staged)],
];
const OF_STAGED: readonly Call[] = [
  ['stage', (store) => store.stage(key, HEX)],
  ['putInPlace', (store) => store.putInPlace(staged)],
  ['isStaged', (store) => store.isStaged(staged)],
  ['drop', (store) => store.drop(staged)],
  ['removeStale', (store) => store.removeStale([], inEightDays())],
];
const OF_HIDDEN: readonly Call[] = [
  ...OF_STAGED,
  ['create', (store) => store.create('commits/00000002.json', X)],
  ['replace', (store) => store.replace('runs/b.json', X)],
  ['probe', (store) => store.probe(newExecution())],
];
const LIST: Call = ['list', (store) => store.list('users/')];
const day = key.slice(0, key.lastIndexOf('/'));
/** Where a link is, and the calls that would follow it. */
const LINKS: readonly (readonly [name: string, calls: readonly Call[]])[] = [
  ['users', [...READ, ...WRITE, LIST]],
  ['users/json', [...READ, ...WRITE, LIST]],
  [day, [...READ, ...WRITE, LIST]],
  [key, [...READ, ...WRITE, LIST]],
  ['users/foreign', [LIST]],
  [
    'commits',
    [
      ['list', (store) => store.list('commits/')],
      ['read', (store) => store.read('commits/00000001.json')],
      ['create', (store) => store.create('commits/00000002.json', X)],
    ],
  ],
  ['runs/a.json', [['replace', (store) => store.replace('runs/a.json', X)]]],
  ['.staged', OF_HIDDEN],
  [`.staged/${HEX}`, OF_STAGED],
  [`.staged/${HEX}/a.jsonl`, OF_STAGED.filter(([call]) => call !== 'stage')],
];
const cases = LINKS.flatMap(([name, calls]) => calls.map(([call, work]) => ({ name, call, work })));

describe('a symbolic link under the root of a store', () => {
  test.each(cases)('at $name is rejected by $call and named, and nothing outside changes', async ({ name, work }) => {
    for (const kind of ['folder', 'file', 'nothing']) {
      const { store, root, outside } = await newStore();
      const before = await contentsOf(outside);
      const target = { folder: outside, file: join(outside, 'precious'), nothing: join(outside, 'nothing') }[kind];
      await replaceByLink(root, name, target ?? outside);
      const error: unknown = await work(store).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ message: expect.stringContaining(`${root}: ${name} is a symbolic link`) });
      expect(await contentsOf(outside)).toEqual(before);
      expect((await lstat(join(root, name))).isSymbolicLink()).toBe(true);
    }
  });

  test('is tested at every place with every call that would follow it', () => {
    const places = LINKS.map(([name, calls]) => `${name} (${calls.map(([call]) => call).join(', ')})`);
    expect(cases.length).toBeGreaterThan(40);
    shown(
      'C18',
      `a link to a folder, a file or nothing at ${places.join('; ').replaceAll(DT, 'D').replaceAll(HEX, 'E')}`,
      'exit 7, naming the link; its target is unchanged',
      'followed: old files outside the store were deleted, and others written',
    );
  });

  test('may be the root itself, which every call follows', async () => {
    const { root } = await newStore();
    const linked = `${root}-link`;
    await symlink(root, linked);
    const store = new FolderStore(linked);
    expect(await store.list('commits/')).toEqual(['commits/00000001.json']);
    expect(await store.read(key)).toEqual(X);
    await store.create('commits/00000002.json', X);
    expect(await store.putInPlace(staged)).toBe('placed');
    await store.removeStale([], inEightDays());
    await store.probe(newExecution());
    expect(await readdir(join(root, 'commits'))).toHaveLength(2);
    shown('C18', 'a root that is a link to a folder', 'its target is used as the root');
  });

  test('that is the root and leads nowhere is named with exit code 7', async () => {
    const above = await newFolder();
    await symlink(join(above, 'nothing'), join(above, 'root'));
    await expect(new FolderStore(join(above, 'root')).create('runs/a.json', X)).rejects.toThrow(
      'could not create runs/a.json (ENOENT). A folder was removed in the meantime, or a link to it is broken',
    );
  });
});

describe('the removal of stale files', () => {
  test("affects only a run's own folders, recognized by name and kind", async () => {
    const root = join(await newFolder(), 'store');
    const at = (name: string) => join(root, '.staged', name);
    const foreign = ['backup', 'AAAAAAAA', 'aaaaaaa', 'aaaaaaaaa', `${'a'.repeat(16)}`, 'gggggggg', '.hidden'];
    for (const name of [HEX, ...foreign]) {
      await mkdir(at(name), { recursive: true });
      await writeFile(join(at(name), 'file'), 'x');
    }
    await writeFile(at('bbbbbbbb'), 'a file with the name of an own folder');
    await mkdir(join(at('cccccccc'), 'below'), { recursive: true });
    for (const name of ['file', 'below/file']) await writeFile(join(at('cccccccc'), name), 'x');
    for (const name of await readdir(join(root, '.staged'))) await utimes(at(name), EIGHT_DAYS_AGO(), EIGHT_DAYS_AGO());
    await new FolderStore(root).removeStale([], new Date());
    expect((await readdir(join(root, '.staged'))).toSorted()).toEqual([...foreign, 'bbbbbbbb', 'cccccccc'].toSorted());
    expect(await readdir(at('cccccccc'), { recursive: true })).toEqual(['below', 'below/file']);
    shown(
      'C18',
      'old folders and files in .staged that are not a run’s',
      'they stay; a run’s folders lose their regular files',
      'all were deleted',
    );
  });
});

describe.skipIf(process.platform === 'win32')('what is neither a folder nor a file', () => {
  const make: { readonly [kind: string]: (path: string) => Promise<unknown> } = {
    'a pipe': async (path) => spawnSync('mkfifo', [path]),
    'a socket': async (path) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(path, resolve));
      onTestFinished(() => void server.close());
    },
  };

  test.each(Object.keys(make))('such as %s, is listed but never opened, and fails at once', async (kind) => {
    const root = await newFolder();
    const store = new FolderStore(root);
    await mkdir(join(root, 'commits'));
    await mkdir(join(root, '.staged', HEX), { recursive: true });
    await make[kind]?.(join(root, 'commits/00000001.json'));
    await make[kind]?.(join(root, `.staged/${HEX}/a.jsonl`));
    expect(await store.list('commits/')).toEqual(['commits/00000001.json']);
    const refusal = 'commits/00000001.json is not a regular file: move it away';
    await expect(store.read('commits/00000001.json')).rejects.toThrow(refusal);
    await expect(store.open('commits/00000001.json')).rejects.toThrow(refusal);
    expect(await store.create('commits/00000001.json', X)).toBe('exists');
    await expect(store.putInPlace(staged)).rejects.toThrow('a.jsonl is not a regular file');
    await expect(store.isStaged(staged)).rejects.toThrow(StoreError);
    await store.removeStale([], inEightDays());
    expect(await readdir(join(root, '.staged', HEX))).toEqual(['a.jsonl']);
    shown(
      'C18',
      `${kind} in place of a commit and of a staged file`,
      'exit 7 at once; it is neither opened nor removed',
    );
  });
});

test('a hard link to a file outside the store never changes that file', async () => {
  const { store, root, outside } = await newStore();
  for (const name of ['runs/hard.json', `.staged/${HEX}/hard`]) await link(join(outside, 'precious'), join(root, name));
  await store.replace('runs/hard.json', X);
  await utimes(join(root, '.staged', HEX), EIGHT_DAYS_AGO(), EIGHT_DAYS_AGO());
  await store.removeStale([], new Date());
  expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious');
  expect(await store.read('runs/hard.json')).toEqual(X);
  shown('C18', 'hard links to a file outside, replaced and removed as stale', 'the file outside is unchanged');
});
