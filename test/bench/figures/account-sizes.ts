/** Accounts of growing size: the product, and peers that do less or the same. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAccount } from '../account-file.ts';
import { countText, type Figure, type Point, type Size } from '../figure.ts';
import { user } from '../many-users.ts';
import { receivingAndParsing } from '../peers/receive.ts';
import { runCode, runFile, takeSnapshot, type Usage, withAccount, withFolder } from '../processes.ts';
import { compared, inTurn, median, megabytes, seconds } from '../rounds.ts';
import { expectSameRows, writtenBySnapshot } from '../same-rows.ts';

const [SMALLEST, LARGE, LARGEST] = [1000, 100_000, 1_000_000];
/** The peers that write no more users than these, since they hold them all. */
const MOST_HELD = LARGE;
/** In the order in which they are measured. */
export const PROGRAMS = [
  'anodot-user-snapshots',
  'receive and JSON.parse',
  'DuckDB, one thread, from a local file',
  'straightforward TypeScript',
];

export const accountSizes: Figure = {
  name: 'sizes',
  rows: ({ scaled }) => {
    const [large, largest] = [countText(scaled(LARGE)), countText(scaled(LARGEST))];
    return [
      { name: `${largest} users, over receiving and JSON.parse`, unit: '', must: 3.4, aim: 2 },
      { name: `${largest} users, over DuckDB that writes both files from a local copy`, unit: '', must: 3.5, aim: 2 },
      {
        name: `${large} users, over straightforward TypeScript that keeps the same promises`,
        unit: '',
        must: 0.6,
        aim: 0.4,
      },
    ];
  },
  measure: async (size) => {
    const { scaled } = size;
    const counts = [
      ...new Set([SMALLEST, 10 * SMALLEST, LARGE, LARGEST].map((full) => Math.max(SMALLEST, scaled(full)))),
    ];
    const all = new Map<number, readonly (readonly Usage[])[]>();
    for (const users of counts) all.set(users, await measureSize(users, users <= scaled(MOST_HELD), size));
    const [product = [], parsing, duckdb] = all.get(scaled(LARGEST)) ?? [];
    const [atLarge, , , straightforward] = all.get(scaled(LARGE)) ?? [];
    return {
      measured: [compared(product, parsing), compared(product, duckdb), compared(atLarge, straightforward)],
      points: [...all].flatMap(([users, usages]) => usages.map((usage, n) => pointOf(PROGRAMS[n] ?? '', users, usage))),
    };
  },
};

const pointOf = (program: string, users: number, usages: readonly Usage[]): Point => ({
  program,
  users,
  seconds: median(usages.map(seconds)),
  megabytes: median(usages.map(megabytes)),
});

/** All programs with one account. What they wrote last is compared. */
const measureSize = (users: number, isHeld: boolean, { longRounds }: Size): Promise<readonly (readonly Usage[])[]> =>
  withFolder(async (folder) => {
    const [file, store, held] = ['users.json', 'store', 'held'].map((name) => join(folder, name));
    const [json, csv] = ['duckdb.jsonl', 'duckdb.csv'].map((name) => join(folder, name));
    if (!file || !store || !held || !json || !csv) throw new Error('five paths');
    await mkdir(held);
    await writeAccount(file, users, user);
    const usages = await withAccount(file, (url) =>
      inTurn(
        longRounds,
        [
          async () => {
            await rm(store, { recursive: true, force: true });
            return takeSnapshot(store, url);
          },
          () => runCode(receivingAndParsing(url)),
          () => runFile('peers/duckdb.ts', [file, json, csv], []),
          ...(isHeld ? [() => runFile('peers/straightforward.ts', [url, held], [])] : []),
        ],
        isHeld,
      ),
    );
    const written = await writtenBySnapshot(store);
    await expectSameRows(written, { json, csv });
    if (isHeld) await expectSameRows(written, { json: join(held, 'users.jsonl'), csv: join(held, 'users.csv') });
    return usages;
  });
