import { once } from 'node:events';
import { SettingsError } from '../../snapshot/errors.ts';
import { TABLES } from '../../snapshot/tables/tables.ts';
import { VIEWS } from '../../snapshot/tables/views.ts';
import { loadDatabase } from '../query/load-database.ts';
import { type Answer, PRINTERS, type QueryFormat } from '../query/printers.ts';
import { DEFAULT_STORE, openStore, plural, type Terminal } from '../terminal.ts';

export interface QueryOptions {
  readonly store?: string;
  readonly format: QueryFormat;
}

/** Answers SQL over a folder, with the tables and views that Athena has over a bucket. Returns the exit code. */
export async function queryCommand(
  sql: string | undefined,
  options: QueryOptions,
  terminal: Terminal,
): Promise<number> {
  const { store: place = DEFAULT_STORE, format } = options;
  if (place.startsWith('s3://'))
    throw new SettingsError('--store: query reads a folder only. Over a bucket, Athena has the same tables and views');
  const store = await openStore(place, terminal.environment);
  if (sql === undefined) return print(CATALOGUE, format, terminal);
  const { QueryDatabase } = await loadDatabase();
  const database = await QueryDatabase.open(store, terminal.now().toISOString().slice(0, 10));
  try {
    const answer = await database.query(sql, terminal.interrupt);
    await print(answer, format, terminal);
    if (format === 'text') terminal.err.write(`${plural(answer.rowCount, 'row')}\n`);
    return 0;
  } finally {
    database.close();
  }
}

/** The tables and views, one line each. */
const CATALOGUE: Answer = {
  names: ['name', 'kind', 'comment'],
  rowCount: TABLES.length + VIEWS.length,
  rows: () => [
    ...TABLES.map(({ name, comment }) => [name, 'table', headlineOf(comment)]),
    ...VIEWS.map(({ name, comment }) => [name, 'view', headlineOf(comment)]),
  ],
};

const headlineOf = (comment: string): string => /^[^.:]*/.exec(comment)?.[0] ?? '';

async function print(answer: Answer, format: QueryFormat, { out }: Terminal): Promise<number> {
  for (const text of PRINTERS[format](answer)) if (!out.write(text)) await once(out, 'drain');
  return 0;
}
