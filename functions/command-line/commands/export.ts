/** `export`: writes one table or view as one file, for notebooks, BI tools and spreadsheets. */
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import type { Target } from '../export/target.ts';
import { orUnstopped } from '../interrupt.ts';
import { reportNoSnapshot } from '../no-snapshot.ts';
import { formatOption, NOTHING_CODE, storeOption } from '../options.ts';
import type { Entry } from '../query/catalogue.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';
import { plural, size } from '../text.ts';

/** The temporary file is removed. */
export const cleansUp = true;
export const reaches = 'nothing';
export const examples = [
  ['export users --to users.parquet', 'writes the users of every day to one file, for a notebook'],
  ['export current_users --to users.xlsx', 'writes a view as a worksheet'],
] as const;

interface ExportOptions {
  readonly store?: string;
  readonly to?: string;
  readonly format: 'text' | 'json';
}

export const define = (command: Command): Command =>
  command
    .description('Write one table or view as a Parquet, CSV or XLSX file. Without a name, list them.')
    .addHelpText(
      'after',
      `
Parquet keeps every value and its type. CSV and XLSX are for people: control
characters become spaces. In CSV, formulas are neutralized as in query.
Requires DuckDB, like query.
Ends with ${NOTHING_CODE} and writes no file if there is no snapshot.`,
    )
    .argument('[name]', 'the table or view')
    .addOption(new Option('--to <file>', 'the file to write or replace; it ends in .parquet, .csv or .xlsx'))
    .addOption(storeOption('--store <folder>', 'folder of the snapshots'))
    .addOption(formatOption(['text', 'json']));

interface Written {
  readonly rows: number;
  readonly bytes: number;
  readonly cells_cut: number;
}

/** What is printed. */
interface Summary extends Written {
  readonly name: string;
  readonly file: string;
}

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, to, format } = parsed.opts<ExportOptions>();
  const [name] = parsed.args;
  if (place.startsWith('s3://'))
    throw new SettingsError(
      '--store: export reads folders only. For a bucket, use Athena, which has the same tables and views, or copy the bucket to a folder first',
    );
  if (name === undefined && to === undefined) {
    const { listTables } = await import('../query/list-tables.ts');
    await listTables(format, terminal);
    return 0;
  }
  const { entryOf } = await import('../export/source.ts');
  const { EXPECTED_FILE, targetOf } = await import('../export/target.ts');
  if (name === undefined)
    throw new SettingsError('name the table or view to export. Without any argument, export lists them');
  const entry = entryOf(name);
  if (to === undefined) throw new SettingsError(`--to is missing. ${EXPECTED_FILE}`);
  const target = await targetOf(to, place);
  const store = await openStore(place, terminal);
  const written = await writeFileOf({ store, entry, target }, terminal);
  if (!written) return reportNoSnapshot({ place, format }, terminal);
  const summary = { name, file: to, ...written };
  await print(terminal, [summaryText(summary, format)]);
  if (summary.cells_cut > 0)
    warn(
      terminal,
      `${plural(summary.cells_cut, 'text')} too long for a cell of a worksheet: cut. Parquet keeps all of it`,
    );
  return 0;
}

interface Asked {
  readonly store: Store;
  readonly entry: Entry;
  readonly target: Target;
}

/** Undefined if the store has no snapshot: nothing is written then. */
async function writeFileOf(
  { store, entry, target }: Asked,
  { interrupt, now }: Terminal,
): Promise<Written | undefined> {
  const { manifestDays } = await import('../../snapshot/commits/manifests.ts');
  if ((await manifestDays(store)).length === 0) return undefined;
  const { replaceFileBy } = await import('../output-file.ts');
  const { writeExport } = await import('../export/write.ts');
  const asked = { store, entry, format: target.format, now: now(), interrupt };
  const written = await replaceFileBy(target.path, (temporary) =>
    orUnstopped(writeExport(asked, temporary), interrupt),
  );
  return { ...written, bytes: (await stat(target.path)).size };
}

function summaryText(summary: Summary, format: 'text' | 'json'): string {
  const { name, file, rows, bytes } = summary;
  return format === 'json'
    ? `${JSON.stringify(summary)}\n`
    : `${name}: ${plural(rows, 'row')} in ${file} (${size(bytes)})\n`;
}
