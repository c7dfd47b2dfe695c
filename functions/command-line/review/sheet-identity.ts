/** Finds the rows of a sheet that are about another user than the same row of the review: their decisions were made about somebody else. */
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { datesIn } from './read-date.ts';
import type { SheetRow } from './sheet.ts';
import { cellText } from './sheet-columns.ts';
import { isShownAs, shown } from './sheet-differences.ts';

/** Numbers and dates, which spreadsheets change if they open a CSV file. */
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i;
const DATE = /^\d{1,4}([-./])\d{1,2}(?:\1(?:\d{1,4})?)?$/;
/** Excel shows a long number with six digits. */
const PRECISION = 1e-5;

/** What is wrong with each such row, by its number. @param lines the line of each row */
export function otherUsers(lines: ReadonlyMap<number, SheetRow>, { rows }: Review): ReadonlyMap<number, string> {
  return new Map(
    rows.flatMap((row) => {
      const line = lines.get(row.row);
      const column = line && differingColumn(line, row);
      return column === undefined
        ? []
        : [
            [
              row.row,
              `${column} is ${shown(line?.cells[column] ?? '')} in the sheet and ${shown(cellText(row, column))} in review.json, so the decision may be about another user. Restore the row from the original sheet, and decide again`,
            ] as const,
          ];
    }),
  );
}

/** The id identifies a user. Only if the sheet doesn't have it, or a spreadsheet converted it, does the address. */
function differingColumn({ cells }: SheetRow, row: ReviewRow): 'id' | 'email' | undefined {
  const id = cellText(row, 'id');
  if (cells.id !== undefined) {
    if (isShownAs(id, cells.id)) return undefined;
    if (!isConverted(id.trim(), cells.id.trim())) return 'id';
  }
  return cells.email === undefined || isShownAs(cellText(row, 'email'), cells.email) ? undefined : 'email';
}

/** Whether a spreadsheet that takes the id for a number or a date may show this. */
function isConverted(id: string, cell: string): boolean {
  if (NUMBER.test(id) && NUMBER.test(cell)) {
    const [exact, found] = [id, cell].map((text) => Number(text.replace(',', '.')));
    return exact !== undefined && found !== undefined && Math.abs(exact - found) <= Math.abs(exact) * PRECISION;
  }
  return DATE.test(id) && (DATE.test(cell) || datesIn(cell, { first: 1900, last: 2099 }).length > 0);
}
