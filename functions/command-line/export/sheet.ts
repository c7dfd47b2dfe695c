/** Streams a result as a workbook with one worksheet, without holding more than a batch of its rows. */
import { writeXlsxStream, XLSX_MAX_ROWS_PER_SHEET, type XlsxStreamRow } from 'hucre/xlsx';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Entry } from '../query/catalogue.ts';
import type { QueryResult } from '../query/result.ts';
import { plural } from '../text.ts';
import { sheetCell } from './sheet-cell.ts';

const MOST_ROWS = XLSX_MAX_ROWS_PER_SHEET - 1; // the first row has the names of the columns

/** @throws SettingsError if a worksheet can't have as many rows */
export function refuseTooMany(rows: number, name: string): void {
  if (rows > MOST_ROWS)
    throw new SettingsError(
      `${name} has ${plural(rows, 'row')}, and a worksheet can have ${plural(MOST_ROWS, 'row')} and a header. Export it to a .parquet or .csv file`,
    );
}

/** @param onCut is called for each text that is longer than a cell */
export function sheetOf(entry: Entry, { names, batches }: QueryResult, onCut: () => void): AsyncIterable<Uint8Array> {
  const types = names.map((name) => entry.columns.find((column) => column.name === name)?.type ?? 'varchar');
  const columns = names.map((name, i) => ({
    header: name,
    width: Math.max(name.length + 4, WIDTHS[types[i] ?? ''] ?? DEFAULT_WIDTH),
    style: { font: { bold: true } },
  }));
  // hucre styles columns only, not rows. It asks for the first row once the header is written.
  const styled = columns.map(({ width }, i) => ({ width, numFmt: FORMATS[types[i] ?? ''] ?? AS_TEXT }));
  async function* rows(): AsyncGenerator<XlsxStreamRow> {
    for (const [i, column] of columns.entries()) Object.assign(column, { style: undefined }, styled[i]);
    for await (const batch of batches())
      for (const row of batch) yield row.map((cell, i) => sheetCell(cell, types[i] === TIME, onCut));
  }
  return writeXlsxStream(rows(), { name: entry.name, columns, freezePane: { rows: 1 } });
}

const TIME = 'timestamp(3)';

/** Editing a cell of this format doesn't turn its text into a formula or a date. */
const AS_TEXT = '@';
const FORMATS: { readonly [type: string]: string } = {
  [TIME]: 'yyyy-mm-dd hh:mm:ss',
  bigint: '0',
  boolean: 'General',
};

const DEFAULT_WIDTH = 24;
const WIDTHS: { readonly [type: string]: number } = { [TIME]: 20, bigint: 10, boolean: 10 };
