/** Reads a filled sheet back, as Excel, LibreOffice and Google Sheets save it. */
import { basename } from 'node:path';
import { sha256Of } from '../../snapshot/commits/document.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { readInput } from './input-file.ts';
import { csvRecords } from './read-csv.ts';
import { workbookSheets } from './read-workbook.ts';
import type { Sheet } from './sheet.ts';
import { MOST_BYTES, refuseLargeWorkbook } from './sheet-limits.ts';
import { SheetTable } from './sheet-table.ts';

const ADVICE = 'Save it as .xlsx or .csv';
const startsWith = (bytes: Buffer, ...magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** @throws SettingsError with advice if it can't be read, isn't one of these formats, or has no header with the columns to fill */
export async function readSheet(path: string): Promise<Sheet> {
  const bytes = await contentOf(path);
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
    throw new SettingsError(
      `${path} is protected by a password, or is an old .xls workbook. Save it as .xlsx without a password`,
    );
  return startsWith(bytes, 0x50, 0x4b, 3, 4) ? fromWorkbook(path, bytes) : fromCsv(path, bytes);
}

async function contentOf(path: string): Promise<Buffer> {
  const input = await readInput(path, MOST_BYTES);
  if ('bytes' in input) return input.bytes;
  if (input.why === 'too large')
    throw new SettingsError(`${path} has more than ${MOST_BYTES / 1e6} MB. Use the sheet that review open wrote`);
  throw new SettingsError(`${path} can't be read (${input.why}). Check the path and its permissions`);
}

async function fromWorkbook(path: string, bytes: Buffer): Promise<Sheet> {
  if (bytes.subarray(0, 200).includes('opendocument'))
    throw new SettingsError(`${path} is an OpenDocument file. ${ADVICE}`);
  let lost: readonly string[] = [];
  try {
    refuseLargeWorkbook(path, bytes);
    for await (const rows of workbookSheets(bytes)) {
      const table = new SheetTable();
      for await (const { index, values } of rows) {
        if (!table.add(index + 1, values)) break;
      }
      if (table.hasHeader)
        return { path, sha256: sha256Of(bytes), format: 'xlsx', note: null, rows: table.finished(path) };
      if (table.lost.length > 0) lost = table.lost;
    }
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(`${path} isn't a readable workbook. Open it, and save it as .xlsx again`, { cause: error });
  }
  throw withoutHeader(path, lost);
}

/** The beginning of JSON, or of a web page. */
const OTHER_TEXT = /^\ufeff?\s*(?:[{[]|<[!?a-z])/i;

function fromCsv(path: string, bytes: Buffer): Sheet {
  if (OTHER_TEXT.test(bytes.subarray(0, 200).toString('utf8')))
    throw new SettingsError(`${path} isn't a sheet. Use the filled review.xlsx or review.csv`);
  const { records, note } = csvRecords(path, bytes);
  const table = new SheetTable();
  for (const [i, record] of records.entries()) {
    if (!table.add(i + 1, record)) break;
  }
  if (!table.hasHeader) throw withoutHeader(path, table.lost);
  return { path, sha256: sha256Of(bytes), format: 'csv', note, rows: table.finished(path) };
}

const withoutHeader = (path: string, lost: readonly string[]): SettingsError =>
  new SettingsError(
    lost.length > 0
      ? `${path} has no column ${lost.join(', ')}. Restore it in the header`
      : `${path} has no header with the columns row and decision. Use the sheet that review open wrote: ${basename(path)} must keep its first row`,
  );
