import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { COMMIT, KEY, parseCommit } from '../../../../../../functions/snapshot/commits/commit.ts';
import { documentBytes } from '../../../../../../functions/snapshot/commits/document.ts';
import { finish } from '../../../../../../functions/snapshot/commits/finish.ts';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { digestOf } from '../../../../../../functions/snapshot/store/digest.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../../functions/snapshot/store/store.ts';
import { describeStore } from '../../../../../contracts/store-contract.ts';
import { newExecution, newFolder } from '../../../../../support/take.ts';

describeStore('FolderStore', async () => {
  const folder = await newFolder();
  return () => new FolderStore(folder);
});

describeStore('FolderStore in a folder that does not exist yet', async () => {
  const folder = join(await newFolder(), 'deep', 'below');
  return () => new FolderStore(folder);
});

const DT = '2020-02-29';
const X = Buffer.from('x');
const SHA256_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const stagedAt = (path: string, key = KEYS.json(DT)): StoredObject => ({
  kind: 'json',
  key,
  bytes: 1,
  sha256: SHA256_OF_X,
  staged: { path },
});
const HEX = 'aaaaaaaa';

describe('a folder that cannot be used', () => {
  const calls: [string, (store: FolderStore) => Promise<unknown>, string][] = [
    ['list', (store) => store.list('commits/'), 'list commits/'],
    ['read', (store) => store.read('commits/00000001.json'), 'read commits/00000001.json'],
    ['open', (store) => store.open(KEYS.json(DT)), `read ${KEYS.json(DT)}`],
    ['create', (store) => store.create('commits/00000001.json', X), 'create commits/00000001.json'],
    ['replace', (store) => store.replace('runs/a.json', X), 'write runs/a.json'],
    ['stage', (store) => store.stage(KEYS.json(DT), newExecution()), `stage ${KEYS.json(DT)}`],
    ['putInPlace', (store) => store.putInPlace(stagedAt(`.staged/${HEX}/x`)), `promote ${KEYS.json(DT)}`],
    ['isInPlace', (store) => store.isInPlace(stagedAt(`.staged/${HEX}/x`)), `read ${KEYS.json(DT)}`],
    ['isStaged', (store) => store.isStaged(stagedAt(`.staged/${HEX}/x`)), `read .staged/${HEX}/x`],
    ['removeStale', (store) => store.removeStale([], new Date()), 'remove stale staged files'],
    ['probe', (store) => store.probe(newExecution()), 'write to the folder'],
  ];

  test.each(calls)(
    'fails %s under a file with exit code 7, and says what was tried, where and why',
    async (_, call, tried) => {
      const file = join(await newFolder(), 'file');
      await writeFile(file, 'not a folder');
      const store = new FolderStore(join(file, 'store'));
      const error: unknown = await call(store).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 7, message: expect.stringContaining(`could not ${tried} (`) });
      expect(error).toMatchObject({ message: expect.stringMatching(/\((ENOTDIR|EEXIST)\)/) });
      expect(error).toMatchObject({ message: expect.stringContaining(store.location) });
      expect(await readFile(file, 'utf8')).toBe('not a folder');
    },
  );

  test('fails with exit code 7 if a file is in the way, and never treats that as missing data', async () => {
    const folder = await newFolder();
    for (const name of ['commits', 'users', '.staged']) await writeFile(join(folder, name), 'a file');
    const store = new FolderStore(folder);
    await expect(store.list('commits/')).rejects.toThrow(StoreError);
    await expect(store.read('commits/00000001.json')).rejects.toThrow(StoreError);
    await expect(store.create('commits/00000001.json', X)).rejects.toThrow(StoreError);
    await expect(store.stage(KEYS.json(DT), newExecution())).rejects.toThrow(StoreError);
    await expect(store.removeStale([], new Date())).rejects.toThrow(StoreError);
    await expect(store.putInPlace(stagedAt(`.staged/${HEX}/x`))).rejects.toThrow(StoreError);
  });

  test('fails with exit code 7 to read, open or replace an object if a folder is in the way', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, KEYS.json(DT), 'below'), { recursive: true });
    await mkdir(join(folder, 'runs', 'a.json', 'below'), { recursive: true });
    const store = new FolderStore(folder);
    await expect(store.read(KEYS.json(DT))).rejects.toThrow(StoreError);
    await expect(digestOf(store, KEYS.json(DT))).rejects.toThrow(StoreError);
    const staging = await store.stage(KEYS.json(DT), newExecution());
    const object: StoredObject = { kind: 'json', key: KEYS.json(DT), ...(await staging.close()) };
    await expect(store.putInPlace(object)).rejects.toThrow(StoreError);
    expect(await store.isStaged(object)).toBe(true);
    for (let time = 0; time < 2; time++)
      await expect(store.replace('runs/a.json', X)).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  });

  // A limit on the size of files acts like a full disk: some of the bytes are written, and the rest fail.
  test.skipIf(process.platform === 'win32')(
    'on a full disk fails every call with the same reason, and leaves nothing behind',
    async () => {
      const folder = await newFolder();
      const product = new URL('../../../../../../functions/snapshot/store/folder/folder-store.ts', import.meta.url);
      const script = `
        import { FolderStore } from ${JSON.stringify(product.href)};
        const store = new FolderStore(${JSON.stringify(folder)});
        const failures = [];
        const fails = async (work) => failures.push(await work.then(() => 'no failure', (error) => [error.name, error.message]));
        const bytes = Buffer.alloc(1e6, 'x');
        for (let i = 0; i < 3; i++) await fails(store.create('commits/00000001.json', bytes));
        for (let i = 0; i < 2; i++) await fails(store.replace('runs/a.json', bytes));
        const staging = await store.stage('users/json/a.jsonl', '${HEX}');
        for (let i = 0; i < 2; i++) await fails(staging.write(bytes));
        await staging.drop();
        console.log(JSON.stringify(failures));`;
      const limited = ['ulimit -f 64; exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', script];
      const child = spawnSync('sh', ['-c', ...limited], { encoding: 'utf8' });
      expect(child.stderr).toBe('');
      const failures: unknown = JSON.parse(child.stdout);
      const failure = (tried: string) => [
        'StoreError',
        `${folder}: could not ${tried} (EFBIG). The file is larger than the system allows: raise the limit on file sizes (ulimit -f), and run again`,
      ];
      expect(failures).toEqual([
        ...Array.from({ length: 3 }, () => failure('create commits/00000001.json')),
        ...Array.from({ length: 2 }, () => failure('write runs/a.json')),
        ...Array.from({ length: 2 }, () => failure('stage users/json/a.jsonl')),
      ]);
      expect(await filesIn(folder)).toEqual([]);
    },
  );
});

describe('a folder that others use at the same time', () => {
  test('reports success to exactly one of twelve that promote an object at once', async () => {
    const store = new FolderStore(await newFolder());
    for (let round = 0; round < 20; round++) {
      const staging = await store.stage(KEYS.json(DT), newExecution());
      const object: StoredObject = { kind: 'json', key: KEYS.json(DT), ...(await staging.close()) };
      const results = await Promise.all(Array.from({ length: 12 }, () => store.putInPlace(object)));
      expect(results.filter((result) => result === 'placed')).toHaveLength(1);
    }
  });

  test('lists all keys while folders in it come and go', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const keys = Array.from({ length: 60 }, (_, i) => `users/json/dt=${i}/users.jsonl`);
    await Promise.all(keys.map((key) => store.create(key, X)));
    const others = new Worker(
      `const { workerData: folder, parentPort } = require('node:worker_threads');
       const { mkdirSync, rmdirSync } = require('node:fs');
       const names = Array.from({ length: 20 }, (_, i) => folder + '/users/json/gone=' + i);
       for (let round = 0; ; round++) {
         for (const name of names) mkdirSync(name);
         for (const name of names) rmdirSync(name);
         if (round === 0) parentPort.postMessage('begun');
       }`,
      { eval: true, workerData: folder },
    );
    try {
      await once(others, 'message');
      for (let round = 0; round < 50; round++) expect(await store.list('users/')).toEqual(keys.toSorted());
    } finally {
      await others.terminate();
    }
  });

  test('promotes an object even if its parent folders have been removed', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    for (let time = 0; time < 2; time++) {
      const staging = await store.stage(KEYS.json(DT), newExecution());
      const object: StoredObject = { kind: 'json', key: KEYS.json(DT), ...(await staging.close()) };
      await rm(join(folder, 'users'), { recursive: true, force: true });
      expect(await store.putInPlace(object)).toBe('placed');
      expect((await stat(join(folder, KEYS.json(DT)))).isFile()).toBe(true);
    }
  });

  test('keeps no temporary file of anything finished, dropped or not replaced', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    await store.create('commits/00000001.json', X);
    await store.create('commits/00000001.json', X);
    await store.replace('runs/a.json', X);
    await (await store.stage(KEYS.csv(DT), newExecution())).drop();
    const staging = await store.stage(KEYS.json(DT), newExecution());
    await store.putInPlace({ kind: 'json', key: KEYS.json(DT), ...(await staging.close()) });
    expect(await filesIn(folder)).toEqual(['commits/00000001.json', 'runs/a.json', KEYS.json(DT)]);
    expect(await readdir(join(folder, '.staged'))).toEqual([]);
  });

  test('that does not exist yet is not created by a probe', async () => {
    const above = await newFolder();
    await new FolderStore(join(above, 'deep', 'below')).probe(newExecution());
    expect(await readdir(above)).toEqual([]);
    await new FolderStore(above).probe(newExecution());
    expect(await readdir(above)).toEqual([]);
  });
});

describe('an edited commit', () => {
  const execution = 'bbbbbbbb';
  const commitWith = (object: object) => ({
    schema_version: 1,
    commit: 1,
    previous_commit_sha256: null,
    committed_at: '2020-02-29T12:00:00.000Z',
    dt: DT,
    run_id: 'run',
    execution,
    scheduled_at: null,
    objects: [{ ...stagedAt(`.staged/${execution}/x`), ...object }],
  });
  const outside = [
    '../outside',
    'users/../../outside',
    'users/..',
    '..',
    '/tmp/outside',
    '//host/outside',
    'C:/outside',
    'users\\..\\..\\outside',
    'users/./x',
    'users//x',
    'users/x/',
    'users/.hidden',
    '.staged/x',
    '.sample',
    'users/x\n',
    'users/x\0',
    'users/%2e%2e/x',
    'users',
    '',
  ];
  const stagedOutside = [
    `.staged/${execution}/../../outside`,
    `.staged/${execution}/..`,
    `.staged/../outside`,
    `.staged/${execution}/.hidden`,
    `.staged/${execution}/below/x`,
    `.staged/${execution}`,
    `.staged/ABCDEF01/x`,
    '/tmp/outside',
    '../outside',
    KEYS.json('2020-02-28'),
    'commits/00000001.json',
    '',
  ];

  test('is distinguished from genuine ones: every key and staged path of the product is valid', () => {
    const keys = [KEYS.json(DT), KEYS.csv(DT), KEYS.changes(DT), KEYS.groups(DT), KEYS.manifest(DT), KEYS.commit(42)];
    keys.push(KEYS.run('20200229T120000Z-schedule'), KEYS.raw(DT, '20200229T120000Z-0123abcd', execution));
    for (const key of keys) expect(KEY.safeParse(key).success, key).toBe(true);
    expect(COMMIT.safeParse(commitWith({})).success).toBe(true);
  });

  test.each(outside)('is invalid if it names the key %j, and moves nothing there', async (key) => {
    await expectRefused(commitWith({ key }));
  });

  test.each(stagedOutside)('is invalid if its object is staged at %j, and moves nothing from there', async (path) => {
    await expectRefused(commitWith({ staged: { path } }));
  });

  async function expectRefused(commit: object): Promise<void> {
    const above = await newFolder();
    const store = new FolderStore(join(above, 'store'));
    await writeFile(join(above, 'outside'), 'outside');
    await store.replace('commits/00000001.json', documentBytes(commit));
    await store.replace(KEYS.json('2020-02-28'), X);
    await store.replace(`.staged/${execution}/x`, X);
    const before = await filesIn(above);
    const entry = parseCommit(1, documentBytes(commit));
    expect(entry.commit).toBeUndefined();
    expect(await finish(store, entry)).toEqual({ lost: KEYS.commit(1) });
    expect(await filesIn(above)).toEqual(before);
    expect(await readFile(join(above, 'outside'), 'utf8')).toBe('outside');
  }
});

/** Paths of all files in a folder, hidden ones included. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
