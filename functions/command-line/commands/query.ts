/** `query`: runs SQL on a folder, with the tables and views that Athena has over a bucket. */
import { type Command, Option } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { orUnstopped } from '../interrupt.ts';
import { formatOption, storeOption } from '../options.ts';
import { loadDatabase } from '../query/load-database.ts';
import { readSql } from '../query/read-sql.ts';
import { counted, QUERY_FORMATS, type QueryFormat } from '../query/result.ts';
import { DEFAULT_STORE, openStore, print, type Terminal } from '../terminal.ts';
import { plural } from '../text.ts';

/** The database is stopped and closed. */
export const cleansUp = true;
export const reaches = 'nothing';
export const examples = [
  [['query', '"select email, state from current_admins"'], 'lists the administrators of the latest snapshot'],
  [['query', '--file', 'review.sql', '--format', 'csv', '>', 'review.csv'], 'runs a saved query, for a spreadsheet'],
] as const;

export interface QueryOptions {
  readonly store?: string;
  readonly file?: string;
  readonly format: QueryFormat;
}

export const define = (command: Command): Command =>
  command
    .description('Run SQL on the snapshots in a folder. It has the tables and views of Athena. Without SQL, list them.')
    .argument('[sql]', 'one SELECT; - reads it from standard input')
    .addOption(new Option('--file <path>', 'file with the SELECT, instead of the argument'))
    .addOption(storeOption('--store <folder>', 'folder of the snapshots'))
    .addOption(formatOption(QUERY_FORMATS));

export const run = (parsed: Command, terminal: Terminal): Promise<number> =>
  orUnstopped(queryCommand(parsed.args[0], parsed.opts<QueryOptions>(), terminal), terminal.interrupt);

export async function queryCommand(
  argument: string | undefined,
  { store: place = DEFAULT_STORE, file, format }: QueryOptions,
  terminal: Terminal,
): Promise<number> {
  if (place.startsWith('s3://'))
    throw new SettingsError(
      '--store: query reads folders only. For a bucket, use Athena, which has the same tables and views',
    );
  const sql = await readSql({ argument, file }, terminal);
  if (sql === undefined) {
    const { listTables } = await import('../query/list-tables.ts');
    await listTables(format, terminal);
    return 0;
  }
  const store = await openStore(place, terminal);
  const { PRINTERS } = await import('../query/printers.ts');
  const { QueryDatabase } = await loadDatabase('query');
  const database = await QueryDatabase.open(store, dtOf(terminal.now()));
  try {
    const { result, count } = counted(await database.query(sql, terminal.interrupt));
    await print(terminal, PRINTERS[format](result, terminal.out.columns));
    if (format === 'text' || format === 'line') terminal.err.write(`${plural(count(), 'row')}\n`);
    return 0;
  } finally {
    database.close();
  }
}
