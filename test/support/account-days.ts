import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { PublicationReport } from '../../functions/snapshot/publication-report.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { answer, serveAnodot } from './anodot/server.ts';
import { runAt } from './clock.ts';
import { newFolder, type Taken, take } from './take.ts';

/** An account whose users a test sets day by day, and the folder that its snapshots are taken into. */

export type UserRecord = { readonly [field: string]: unknown };

export interface DayOptions {
  readonly force?: boolean;
  readonly maxDropPercent?: string;
  readonly allowEmpty?: boolean;
  /** Overrides for the run, which is a scheduled one. */
  readonly run?: Partial<Run>;
  /** Default: the account's own store. */
  readonly store?: Store;
}

export interface Account {
  readonly folder: string;
  readonly store: FolderStore;
  readonly warnings: readonly string[];
  /** What was reported to the alarms, in order. */
  readonly reports: readonly PublicationReport[];
  /** Takes a snapshot at a moment at which the account has these users. */
  at(moment: string, users: readonly UserRecord[], options?: DayOptions): Promise<Taken>;
  /** The lines of a day's change feed, without the fields that all of them share. */
  feed(dt: string): Promise<unknown[][]>;
}

export async function newAccount(): Promise<Account> {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  let [users, now]: [readonly UserRecord[], Date] = [[], new Date()];
  const server = await serveAnodot({ users: (...call) => answer(users, 200, { date: now.toUTCString() })(...call) });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const warnings: string[] = [];
  const reports: PublicationReport[] = [];
  return {
    folder,
    store,
    warnings,
    reports,
    at: (moment, next, { force = false, maxDropPercent, allowEmpty = false, run = {}, store: other = store } = {}) => {
      [users, now] = [next, new Date(moment)];
      return take({
        url: server.url,
        store: other,
        environment: {
          ...(maxDropPercent !== undefined && { SNAPSHOT_MAX_DROP_PERCENT: maxDropPercent }),
          ...(allowEmpty && { SNAPSHOT_ALLOW_EMPTY: 'true' }),
        },
        run: {
          ...runAt(now),
          trigger: 'schedule',
          force,
          onWarning: (text) => warnings.push(text),
          onPublished: (report) => reports.push(report),
          ...run,
        },
      });
    },
    feed: async (dt) => {
      const lines = (await feedText(folder, dt)).split('\n');
      expect(lines.pop()).toBe('');
      return lines.map((line) => {
        const { id, email, change, before, after, ...span } = JSON.parse(line);
        expect(span).toMatchObject({ dt });
        return [id.slice(-1), email, change, before, after];
      });
    },
  };
}

export const feedText = (folder: string, dt: string) =>
  readFile(join(folder, `changes/dt=${dt}/changes-${dt}.jsonl`), 'utf8');

export const rowsPath = (folder: string, dt: string) => join(folder, `users/json/dt=${dt}/users-${dt}.jsonl`);

export async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
