/** The rows of a review as the XML of a worksheet: every value of the account is a text cell, never a formula, number or date. */
import { colToLetter } from 'hucre/xlsx';
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { cellText, NUMBER_COLUMNS, POPULATION_COLUMNS, SHEET_COLUMNS } from './sheet-columns.ts';

const LETTERS = SHEET_COLUMNS.map((_, i) => colToLetter(i));
/** The row under the header, as the frame has it. */
const SAMPLE_ROW = /<row r="2"[^>]*>.*?<\/row>/s;
const DIMENSION = /<dimension ref="[^"]*"\/>/;
const SPECIAL = /[&<>]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Text that programs would decode as an escaped character. */
const ESCAPE_LIKE = /_(?=x[0-9a-f]{4}_)/gi;
/** Rows joined to one chunk. */
const BATCH = 200;

const xmlText = (text: string): string =>
  text.replaceAll(SPECIAL, (found) => ENTITIES[found] ?? '').replaceAll(ESCAPE_LIKE, '_x005F_');

/** The worksheet of the frame with the rows of the review in place of its sample row, in chunks. */
export function* worksheetXml(frame: string, { rows }: Review): Generator<string> {
  const sample = SAMPLE_ROW.exec(frame);
  const styles = [...(sample?.[0].matchAll(/<c [^>]*\bs="(\d+)"/g) ?? [])].map(([, style]) => style);
  if (!sample || styles.length !== SHEET_COLUMNS.length) throw new Error('the frame of the workbook has no sample row');
  const last = `${LETTERS.at(-1)}${rows.length + 1}`;
  yield frame.slice(0, sample.index).replace(DIMENSION, `<dimension ref="A1:${last}"/>`);
  for (let first = 0; first < rows.length; first += BATCH) {
    yield rows
      .slice(first, first + BATCH)
      .map((row, i) => rowXml(row, first + i + 2, styles))
      .join('');
  }
  yield frame.slice(sample.index + sample[0].length);
}

/** A row. Its empty cells aren't written, except those to fill: their style makes a typed date a date. */
function rowXml(row: ReviewRow, place: number, styles: readonly (string | undefined)[]): string {
  let cells = '';
  for (const [i, column] of POPULATION_COLUMNS.entries()) {
    const text = cellText(row, column);
    if (text === '') continue;
    const start = `<c r="${LETTERS[i]}${place}" s="${styles[i]}"`;
    cells += NUMBER_COLUMNS.has(column)
      ? `${start}><v>${text}</v></c>`
      : `${start} t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
  }
  for (let i = POPULATION_COLUMNS.length; i < SHEET_COLUMNS.length; i++)
    cells += `<c r="${LETTERS[i]}${place}" s="${styles[i]}"/>`;
  return `<row r="${place}">${cells}</row>`;
}
