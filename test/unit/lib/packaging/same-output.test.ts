import { cp, glob, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended } from '../../../support/clone.ts';
import type { Ended } from '../../../support/command.ts';
import { installPackage } from './installed-package.ts';

/** The command as one file, as the package has it, prints and writes the same bytes as its sources. */

const TOP = join(import.meta.dirname, '../../../..');
const CLOCK = ['--import', join(TOP, 'test/docs/documents-date.ts')];
const SOURCES = join(TOP, 'functions/command-line/main.ts');
/** Both are called the same, so their advice is the same. */
const AS_NPM_START = ['env', 'npm_lifecycle_event=start', 'npm_package_name=anodot-user-snapshots'];

let app: string;
let file: string;
beforeAll(async () => {
  app = await realpath(await mkdtemp(join(tmpdir(), 'app-')));
  file = join(await installPackage(app), 'dist/command/bin.cjs');
  await mkdir(join(app, 'node_modules/@duckdb'), { recursive: true });
  await symlink(join(TOP, 'node_modules/@duckdb/node-api'), join(app, 'node_modules/@duckdb/node-api'));
  for (const [folder, script] of folders()) {
    await mkdir(folder);
    const { code } = await run(script, folder, '--quiet', '--store', 'store');
    expect(code).toBe(0);
  }
  // Each run has its own ids, so both read the same store.
  await cp(join(app, 'sources/store'), join(app, 'file/same'), { recursive: true });
  await cp(join(app, 'sources/store'), join(app, 'sources/same'), { recursive: true });
});
afterAll(() => rm(app, { recursive: true }));

const folders = () =>
  [
    [join(app, 'sources'), SOURCES],
    [join(app, 'file'), file],
  ] as const;
const run = (script: string, folder: string, ...words: readonly string[]): Promise<Ended> =>
  ended([...AS_NPM_START, process.execPath, ...CLOCK, script, ...words], folder);

/** Runs the words in both ways. Both must end alike, with this code. */
async function same(words: readonly string[], code = 0): Promise<Ended> {
  const [fromSources, fromFile] = await Promise.all(folders().map(([folder, script]) => run(script, folder, ...words)));
  expect(fromFile).toEqual(fromSources);
  expect(fromFile?.code).toBe(code);
  return fromFile ?? expect.fail();
}

const STORE = '--store ../sources/same';
const WRITES: readonly string[] = [
  `report ${STORE}`,
  `export current_users --to users.csv ${STORE}`,
  `export current_users --to users.xlsx ${STORE}`,
  `review open --dt 2026-11-20 --out review ${STORE}`,
];
const WRITTEN = [
  'report.html',
  'users.csv',
  ...['review.json', 'review.csv', 'population.html'].map((name) => `review/${name}`),
];
/** A view has no order of its own. */
const inAnyOrder = (text: string): string => text.split('\n').sort().join('\n');

/** The folder of a review that the sources opened. */
async function openedReview(): Promise<string> {
  const folder = await mkdtemp(join(app, 'opened-'));
  const { code } = await run(
    SOURCES,
    folder,
    'review',
    'open',
    '--out',
    'review',
    '--store',
    join(app, 'sources/same'),
  );
  expect(code).toBe(0);
  return join(folder, 'review');
}

/** The published files of a folder in the stores. */
async function publishedIn(folder: string): Promise<string[]> {
  const found = [];
  for await (const path of glob(`store/${folder}/**/*.*`, { cwd: join(app, 'sources') })) found.push(path);
  expect(found).not.toEqual([]);
  return found;
}

describe('the command as one file', () => {
  test('is one that contains the command line, and reads no sources', async () => {
    const text = await readFile(join(dirname(file), 'main.cjs'), 'utf8');
    const [views] = (await readFile(join(TOP, 'functions/snapshot/tables/current_users.sql'), 'utf8')).split('\n');
    expect(text.includes(views ?? expect.fail())).toBe(true);
    expect(text.includes(TOP)).toBe(false);
  });

  test.each([
    '',
    'snapshot',
    'check',
    'status',
    'changes',
    'diff',
    'verify',
    'query',
    'report',
    'review',
    'review open',
    'review close',
    'export',
  ])('has the same help: %s --help', async (command) => {
    const { out } = await same([...command.split(' ').filter((word) => word !== ''), '--help']);
    expect(out).toMatch(/^Usage: /);
  });

  test('publishes the same users', async () => {
    for (const table of ['users', 'changes', 'groups'])
      for (const path of await publishedIn(table)) {
        const [one, other] = await Promise.all(folders().map(([folder]) => readFile(join(folder, path), 'utf8')));
        expect(other, path).toBe(one);
      }
  });

  test.each([
    ['status --store same', 0],
    ['status --store same --format json', 0],
    ['verify --store same', 0],
    ['verify --store same --deep', 0],
    ['changes --since 7d --store same', 0],
    ['diff 2026-11-10 2026-11-20 --store same', 0],
    ['query --format csv', 0],
    ['query select|*|from|current_users|order|by|id --store same --format json', 0],
    ['export', 0],
    ['status --store nothing', 11],
    ['verify --store', 2],
    ['query selec --store same', 2],
    ['nothing', 2],
  ])('prints the same: %s', async (line, code) => {
    await same(
      line.split(' ').map((word) => word.replaceAll('|', ' ')),
      code,
    );
  });

  test('reports the same problem of a sheet that is not CSV', async () => {
    for (const [folder] of folders()) {
      const review = join(folder, 'damaged');
      await cp(await openedReview(), review, { recursive: true });
      await rm(join(review, 'review.xlsx'));
      const sheet = join(review, 'review.csv');
      await writeFile(sheet, (await readFile(sheet, 'utf8')).replace('active', '"active'));
    }
    const { err } = await same(['review', 'close', 'damaged', '--store', 'same'], 2);
    expect(err).toContain("isn't valid CSV: wrong quotes on line 1");
  });

  test('writes the same report, export and review', async () => {
    const written = [];
    // In the same folder, which the report names.
    for (const script of [SOURCES, file]) {
      const folder = join(app, 'written');
      await mkdir(folder);
      for (const line of WRITES)
        expect(await run(script, folder, ...line.split(' '))).toMatchObject({ code: 0, err: '' });
      const texts = WRITTEN.map(async (name) => [name, await readFile(join(folder, name), 'latin1')] as const);
      written.push(new Map(await Promise.all(texts)));
      await rm(folder, { recursive: true });
    }
    for (const name of WRITTEN) {
      const [fromSources = '', fromFile] = written.map((texts) => inAnyOrder(texts.get(name) ?? ''));
      expect(fromSources).not.toBe('');
      expect(fromFile === fromSources, name).toBe(true);
    }
  });
});
