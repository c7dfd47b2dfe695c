/** `query`: answers SQL over a folder, with the tables and views that Athena has over a bucket. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { orUnstopped } from '../interrupt.ts';
import { formatOption, storeOption } from '../options.ts';
import { QUERY_FORMATS, type QueryFormat } from '../query/answer.ts';
import { loadDatabase } from '../query/load-database.ts';
import { DEFAULT_STORE, openStore, print, type Terminal } from '../terminal.ts';
import { plural } from '../text.ts';

/** The database is stopped and closed. */
export const cleansUp = true;

export interface QueryOptions {
  readonly store?: string;
  readonly format: QueryFormat;
}

export const define = (command: Command): Command =>
  command
    .description('Ask the snapshots in a folder, with the same tables and views as Athena. Without SQL: their names')
    .argument('[sql]', 'one SELECT')
    .addOption(storeOption('--store <folder>', 'where the snapshots lie'))
    .addOption(formatOption(QUERY_FORMATS));

export const run = (parsed: Command, terminal: Terminal): Promise<number> =>
  orUnstopped(queryCommand(parsed.args[0], parsed.opts<QueryOptions>(), terminal), terminal.interrupt);

export async function queryCommand(
  sql: string | undefined,
  { store: place = DEFAULT_STORE, format }: QueryOptions,
  terminal: Terminal,
): Promise<number> {
  if (place.startsWith('s3://'))
    throw new SettingsError('--store: query reads a folder only. Over a bucket, Athena has the same tables and views');
  const store = await openStore(place, terminal.environment);
  const { PRINTERS } = await import('../query/printers.ts');
  if (sql === undefined) {
    const { CATALOGUE } = await import('../query/catalogue.ts');
    await print(terminal, PRINTERS[format](CATALOGUE));
    return 0;
  }
  const { QueryDatabase } = await loadDatabase();
  const database = await QueryDatabase.open(store, dtOf(terminal.now()));
  try {
    const answer = await database.query(sql, terminal.interrupt);
    await print(terminal, PRINTERS[format](answer));
    if (format === 'text') terminal.err.write(`${plural(answer.rowCount, 'row')}\n`);
    return 0;
  } finally {
    database.close();
  }
}
