/** Writes review.csv, the same sheet as review.xlsx for anyone without a program that reads workbooks. */
import { csvLine, inert } from '../../snapshot/format/cell-text.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { replaceFile } from '../output-file.ts';
import { cellText, FILLED_COLUMNS, fitCell, POPULATION_COLUMNS, SHEET_COLUMNS } from './sheet-columns.ts';

/** Without it, Excel takes the file for Windows-1252. */
const BYTE_ORDER_MARK = '\ufeff';

/** @throws OutputError if the file can't be written */
export const writeSheetCsv = (path: string, review: Review): Promise<void> => replaceFile(path, lines(review));

function* lines({ rows }: Review): Generator<string> {
  yield BYTE_ORDER_MARK + csvLine(SHEET_COLUMNS);
  const toFill = FILLED_COLUMNS.map(() => '');
  for (const row of rows)
    yield csvLine([...POPULATION_COLUMNS.map((column) => fitCell(inert(cellText(row, column)))), ...toFill]);
}
