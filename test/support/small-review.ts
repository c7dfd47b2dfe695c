/** A store of three days up to yesterday, and a review of the first of them that is filled in, for tests to copy and damage. */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { ADMIN_ROLE } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { addDays, dtOf } from '../../functions/snapshot/utc-day.ts';
import { user } from '../sql/synthetic.ts';
import { runCommand } from './command.ts';
import { fillCsv } from './fill-sheet.ts';
import { publishUsers } from './published-users.ts';
import { newFolder } from './take.ts';

/** Relative to today, since commands read the clock. */
export const dayBefore = (days: number): string => addDays(dtOf(new Date()), -days);

const GROUPS = [{ id: 'g', name: 'Sales', created_at: null, modified_at: null }];
const [ANN, BEN, CLEO] = [
  user('ann', { roles: [ADMIN_ROLE], groups: ['g'], email: 'ann@example.com' }),
  user('ben', { email: 'ben@example.com', disabled: false }),
  user('cleo', { email: 'cleo@example.com' }),
];

export interface SmallReview {
  readonly store: string;
  /** Has the folder `review`, and the files of {@link OLD}. */
  readonly work: string;
}

/** Files that exist before a command, with the text `old`. */
export const OLD = ['report.html', 'users.csv', 'access.parquet'];

/** Published exactly at midnight UTC. */
export const publishDay = (folder: string, before: number): Promise<void> =>
  publishUsers(new FolderStore(folder), new Date(`${dayBefore(before)}T00:00:00.000Z`), {
    users: before > 2 ? [ANN, BEN] : [ANN, BEN, CLEO],
    groups: GROUPS,
  });

export function useSmallReview(): () => SmallReview {
  let made: SmallReview | undefined;
  beforeAll(async () => {
    const [store, work] = [await newFolder(), await newFolder()];
    for (const before of [3, 2, 1]) await publishDay(store, before);
    const words = ['review', 'open', '--store', store, '--dt', dayBefore(3), '--out', 'review'];
    const { code, err } = await runCommand(words, { cwd: work });
    if (code !== 0) throw new Error(err);
    await fillCsv(join(work, 'review'), { decisions: { 'ben@example.com': 'revoke' }, decidedAt: dayBefore(1) });
    for (const name of OLD) await writeFile(join(work, name), 'old');
    made = { store, work };
  });
  return () => {
    if (!made) throw new Error('the tests have not begun');
    return made;
  };
}

export async function copied(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** The commands that write files for people, to names in the copied folder `work`. */
export const COMMANDS = {
  report: ['report', '--out', 'report.html'],
  'review open': ['review', 'open', '--out', 'new'],
  'review close': ['review', 'close', 'review'],
  'export users': ['export', 'users', '--to', 'users.csv'],
  'export access_review': ['export', 'access_review', '--to', 'access.parquet'],
} as const;
export type CommandName = keyof typeof COMMANDS;

/** Every file of a folder with its content. */
export async function contentOf(folder: string): Promise<{ readonly [path: string]: string }> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (path) => [path, await readFile(path, 'latin1')])),
  );
}
