/** Runs `query` in this process on a folder with a history that is published before the tests and removed after them. */
import { rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { afterAll, beforeAll } from 'vitest';
import { queryCommand } from '../../functions/command-line/commands/query.ts';
import { Output } from '../../functions/command-line/output.ts';
import type { QueryFormat } from '../../functions/command-line/query/result.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { type History, publishHistory } from '../sql/history.ts';
import type { Ended } from './command.ts';
import { newFolder } from './take.ts';

export interface QueryFolder {
  readonly path: string;
  readonly history: History;
  /** The first and the last date that have a manifest. */
  readonly first: string;
  readonly last: string;
}

/** Three days with hostile values, and a fourth whose run died before promoting its manifest. Available once the tests run. */
export function queryFolder(): () => QueryFolder {
  let folder: QueryFolder | undefined;
  const published = (): QueryFolder => {
    if (!folder) throw new Error('the folder is published before the tests, and can be used only in them');
    return folder;
  };
  beforeAll(async () => {
    const path = await newFolder();
    const history = await publishHistory(new FolderStore(path), { length: 3 });
    folder = { path, history, first: history.days[0]?.dt ?? '', last: history.days.at(-1)?.dt ?? '' };
  });
  afterAll(() => rm(published().path, { recursive: true }));
  return published;
}

export interface QueryInProcess {
  readonly store: string;
  readonly file?: string;
  /** The width of the terminal; without one if undefined. */
  readonly columns?: number;
  readonly format?: QueryFormat;
  readonly interrupt?: AbortSignal;
}

export async function query(
  sql: string | undefined,
  { store, file, columns, format = 'text', interrupt = new AbortController().signal }: QueryInProcess,
): Promise<Ended> {
  const written = { out: '', err: '' };
  const into = (name: keyof typeof written) =>
    new Output(
      Object.assign(
        new Writable({
          write(chunk, _, done) {
            written[name] += chunk;
            done();
          },
        }),
        columns === undefined ? {} : { isTTY: true, columns },
      ),
      { format: name === 'out' ? format : 'text' },
    );
  const terminal = {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt,
    now: () => new Date(),
    out: into('out'),
    err: into('err'),
  };
  const code = await queryCommand(sql, { store, format, ...(file !== undefined && { file }) }, terminal);
  await Promise.all([terminal.out.finished(), terminal.err.finished()]);
  return { code, ...written };
}
