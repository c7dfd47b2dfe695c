/** Reads the records of a CSV text in any dialect: finds the separator, and keeps the line of each record. */
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { SettingsError } from '../errors.ts';

export interface CsvRecord {
  /** The line on which the record begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
/** Enough records to tell the separator. */
const SAMPLE_RECORDS = 200;
/** Excel writes and reads a first line such as `sep=;`. */
const SEPARATOR_LINE = /^sep=(.)(?:\r\n|\n|\r)/i;
const LINE_ENDS = ['\r\n', '\n', '\r'];

/**
 * The records that have a cell with text, trimmed.
 * @param isFound whether a cell is what the file is read for. It decides between separators that fit equally well
 * @throws SettingsError if a quote isn't closed
 */
export function recordsOf(text: string, file: string, isFound: (cell: string) => boolean): CsvRecord[] {
  const [whole = '', named] = SEPARATOR_LINE.exec(text) ?? [];
  const body = text.slice(whole.length);
  const first = whole === '' ? 1 : 2;
  const separator = named ?? separatorOf(body, isFound);
  try {
    return parsed(body, { delimiter: separator }).map(({ line, cells }) => ({ line: line + first - 1, cells }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? `, line ${error['lines'] + first - 1}` : '';
    throw new SettingsError(`${file}${line}: not valid CSV (${error.code}). Check the quotes`);
  }
}

function parsed(text: string, options: Options): CsvRecord[] {
  const records: CsvRecord[] = [];
  let before = 0;
  const take = (record: readonly string[], { lines }: { readonly lines: number }): null => {
    const cells = record.map((cell) => cell.trim());
    if (cells.some((cell) => cell !== '')) records.push({ line: before + 1, cells });
    before = lines;
    return null;
  };
  parse(text, {
    ...{ record_delimiter: LINE_ENDS, relax_quotes: true, relax_column_count: true, on_record: take },
    ...options,
  });
  return records;
}

/** The separator with which most records have the same number of cells. Of several, the one with most cells that are what is looked for. */
function separatorOf(text: string, isFound: (cell: string) => boolean): string {
  let best: { separator: string; fitting: number; found: number } = { separator: ',', fitting: 0, found: 0 };
  for (const separator of SEPARATORS) {
    const records = sampleOf(text, separator);
    const width = usualWidth(records);
    const fitting = width > 1 ? records.filter(({ cells }) => cells.length === width).length : 0;
    const found = records.reduce((sum, { cells }) => sum + cells.filter(isFound).length, 0);
    if (fitting > best.fitting || (fitting === best.fitting && fitting > 0 && found > best.found))
      best = { separator, fitting, found };
  }
  return best.separator;
}

/** None if the text can't be read with this separator. */
function sampleOf(text: string, separator: string): CsvRecord[] {
  try {
    return parsed(text, { delimiter: separator, to: SAMPLE_RECORDS });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return [];
  }
}

/** The most frequent number of cells, of several the highest. A single cell is too easily a preamble to count beside others. */
export function usualWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let [usual, most] = [1, 0];
  for (const [width, count] of counts)
    if (count > most || (count === most && width > usual)) [usual, most] = [width, count];
  return usual;
}
