/** Reads the records of a CSV file as Excel, LibreOffice and Google Sheets save it in any locale. */
import { CsvError, parse } from 'csv-parse/sync';
import { SettingsError } from '../../snapshot/errors.ts';

const LINE_END = /\r\n|\n|\r/;
const SEPARATORS = [',', ';', '\t', '|'] as const;
/** Excel's first line that names the separator. A spreadsheet doesn't show it. */
const NAMED_SEPARATOR = /^\s*"?sep=(.)"?[^\S\r\n]*(?:\r\n|\n|\r)/i;
/** Where to look for the header, in characters. */
const HEADER_WITHIN = 20_000;

interface CsvRecords {
  readonly records: readonly (readonly string[])[];
  readonly note: string | null;
}

/** @throws SettingsError if it isn't CSV */
export function csvRecords(path: string, bytes: Uint8Array): CsvRecords {
  const { text, isGuess } = decoded(bytes);
  if (text.slice(0, HEADER_WITHIN).includes('\0'))
    throw new SettingsError(`${path} is neither a workbook nor CSV. Save it as .xlsx or .csv`);
  const named = NAMED_SEPARATOR.exec(text);
  const content = named ? text.slice(named[0].length) : text;
  const delimiter = named?.[1] ?? separatorOf(content);
  const note = isGuess
    ? `${path} isn't UTF-8 and was read as Windows-1252. If names look wrong, save it as CSV UTF-8`
    : null;
  return { records: recordsOf(path, content, delimiter), note };
}

function recordsOf(path: string, text: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: false,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error ? ` on line ${error['lines']}` : '';
    throw new SettingsError(`${path} isn't valid CSV: wrong quotes${line}. Fix that line, or save the file again`, {
      cause: new Error(error.code),
    });
  }
}

/** The separator that makes a header of some line. The comma if none does. */
function separatorOf(text: string): string {
  const lines = text.slice(0, HEADER_WITHIN).split(LINE_END);
  const makesHeader = (separator: string) =>
    lines.some((line) => {
      const names = line.split(separator).map((name) => name.replaceAll('"', '').trim().toLowerCase());
      return names.includes('row') && names.includes('decision');
    });
  return SEPARATORS.find(makesHeader) ?? ',';
}

/** UTF-8 or UTF-16 by their marks, UTF-8 if it is valid, otherwise Excel's encoding in Western Europe and America. */
function decoded(bytes: Uint8Array): { readonly text: string; readonly isGuess: boolean } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), isGuess: false };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), isGuess: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuess: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGuess: true };
  }
}
