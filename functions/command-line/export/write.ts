/** Writes a table or view to a file, in the format that the file's ending names. */
import { readNewest } from '../../snapshot/commits/commit-log.ts';
import { problemOf } from '../../snapshot/commits/published-by.ts';
import { KEYS, PROGRAM_VERSION } from '../../snapshot/contract.ts';
import { StoreError } from '../../snapshot/errors.ts';
import { inOneState } from '../../snapshot/history/one-state.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { writePieces } from '../output-file.ts';
import type { Entry } from '../query/catalogue.ts';
import type { QueryDatabase } from '../query/database.ts';
import { loadDatabase } from '../query/load-database.ts';
import { PRINTERS } from '../query/printers.ts';
import { counted } from '../query/result.ts';
import { legible } from '../text.ts';
import { refuseTooMany, sheetOf } from './sheet.ts';
import { selectOf } from './source.ts';
import type { ExportFormat } from './target.ts';

export interface Export {
  readonly store: Store;
  readonly entry: Entry;
  readonly format: ExportFormat;
  readonly now: Date;
  readonly interrupt: AbortSignal;
}

export interface Written {
  readonly rows: number;
  /** Texts that were longer than a cell of a worksheet. */
  readonly cells_cut: number;
}

/**
 * Writes again if a run publishes in the meantime, so that the rows are those of one state of the store.
 * @param target the absolute path of an empty file
 * @throws StoreError if the newest commit is damaged, or the store changed during every reading
 */
export const writeExport = (asked: Export, target: string): Promise<Written> =>
  inOneState(asked.store, () => writeOnce(asked, target));

async function writeOnce(asked: Export, target: string): Promise<Written> {
  const { store, format, now, interrupt } = asked;
  interrupt.throwIfAborted();
  const metadata = await metadataOf(store, now);
  const { QueryDatabase } = await loadDatabase('export');
  const isParquet = format === 'parquet';
  const database = await QueryDatabase.open(store, dtOf(now), isParquet ? { target } : {});
  try {
    if (!isParquet) return await WRITERS[format](asked, database, target);
    const rows = await database.writeParquet(selectOf(asked.entry), { target, metadata }, asked.interrupt);
    return { rows, cells_cut: 0 };
  } finally {
    database.close();
  }
}

type Writer = (asked: Export, database: QueryDatabase, target: string) => Promise<Written>;

const WRITERS: { readonly [format in Exclude<ExportFormat, 'parquet'>]: Writer } = {
  async csv({ entry, interrupt }, database, target) {
    const { result, count } = counted(await database.query(selectOf(entry), interrupt));
    await writePieces(target, legibly(PRINTERS.csv(result, 0)));
    return { rows: count(), cells_cut: 0 };
  },
  async xlsx({ entry, interrupt }, database, target) {
    refuseTooMany(await rowsOf(database, entry, interrupt), entry.name);
    const { result, count } = counted(await database.query(selectOf(entry), interrupt));
    let cut = 0;
    const onCut = () => {
      cut++;
    };
    await writePieces(target, sheetOf(entry, result, onCut));
    return { rows: count(), cells_cut: cut };
  },
};

/** For the footer of a Parquet file: when and from what it was made. */
async function metadataOf(store: Store, now: Date): Promise<{ readonly [key: string]: string }> {
  const newest = await readNewest(store);
  if (newest && !newest.commit) {
    const key = KEYS.commit(newest.number);
    throw new StoreError(`${store.location}: ${key} ${await problemOf(store, key)}`);
  }
  return {
    program_version: PROGRAM_VERSION,
    exported_at: now.toISOString(),
    ...(newest && { newest_commit: String(newest.number), newest_commit_sha256: newest.sha256 }),
  };
}

async function rowsOf(database: QueryDatabase, { name }: Entry, interrupt: AbortSignal): Promise<number> {
  const { batches } = await database.query(`select count(*) from "${name}"`, interrupt);
  for await (const [row] of batches()) return Number(row?.[0]);
  return 0;
}

/** As `query` prints it, so that both have the same bytes. */
async function* legibly(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield legible(text);
}
