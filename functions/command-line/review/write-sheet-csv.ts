/** Writes review.csv, the same sheet as review.xlsx for anyone without a program that reads workbooks. */
import { csvLine, inert } from '../../snapshot/format/cell-text.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { replaceFile } from '../output-file.ts';
import { cellText, FILLED_COLUMNS, fitCell, POPULATION_COLUMNS, SHEET_COLUMNS } from './sheet-columns.ts';

/** Without it, Excel takes the file for Windows-1252. */
const BYTE_ORDER_MARK = '\ufeff';

const TO_FILL = FILLED_COLUMNS.map(() => '');
/** Rows that are written at once. */
const BATCH = 200;

/** @throws OutputError if the file can't be written */
export const writeSheetCsv = (path: string, review: Review): Promise<void> => replaceFile(path, lines(review));

function* lines({ rows }: Review): Generator<string> {
  yield BYTE_ORDER_MARK + csvLine(SHEET_COLUMNS);
  for (let first = 0; first < rows.length; first += BATCH)
    yield rows
      .slice(first, first + BATCH)
      .map((row) => csvLine([...POPULATION_COLUMNS.map((column) => fitCell(inert(cellText(row, column)))), ...TO_FILL]))
      .join('');
}
