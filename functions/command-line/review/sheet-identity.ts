/** Finds the rows of a sheet that are about another user than the same row of the review: their decisions were made about somebody else. */
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { datesIn } from './read-date.ts';
import type { SheetRow } from './sheet.ts';
import { cellText } from './sheet-columns.ts';
import { isSameText, shown } from './sheet-differences.ts';

/** Numbers and dates, which spreadsheets change if they open a CSV file. */
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i;
const DATE = /^\d{1,4}([-./])\d{1,2}(?:\1(?:\d{1,4})?)?$/;
/** Excel shows a long number with six digits. */
const PRECISION = 1e-5;

/** What is wrong with each such row, by its number. @param lines the line of each row */
export function otherUsers(lines: ReadonlyMap<number, SheetRow>, { rows }: Review): ReadonlyMap<number, string> {
  const emails = Map.groupBy(rows, (row) => cellText(row, 'email'));
  const isShared = (email: string) => (emails.get(email)?.length ?? 0) > 1;
  return new Map(
    rows.flatMap((row) => {
      const line = lines.get(row.row);
      const column = line && differingColumn(line, row, isShared);
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

/**
 * The id identifies a user, compared as text. Only if the sheet doesn't have it, or a spreadsheet converted it, does the address. Of a
 * converted id, it must be there, and no other row may have it.
 */
function differingColumn(
  { cells }: SheetRow,
  row: ReviewRow,
  isShared: (email: string) => boolean,
): 'id' | 'email' | undefined {
  const [id, email] = [cellText(row, 'id'), cellText(row, 'email')];
  if (cells.id !== undefined) {
    if (isSameText(id, cells.id)) return undefined;
    if (!isConverted(id.trim(), cells.id.trim()) || email === '' || isShared(email)) return 'id';
    return isSameText(email, cells.email ?? '') ? undefined : 'email';
  }
  return cells.email === undefined || isSameText(email, cells.email) ? undefined : 'email';
}

/** Whether a spreadsheet that takes the id for a number or a date may show this. */
function isConverted(id: string, cell: string): boolean {
  if (NUMBER.test(id) && NUMBER.test(cell)) {
    const [exact, found] = [id, cell].map((text) => Number(text.replace(',', '.')));
    return exact !== undefined && found !== undefined && Math.abs(exact - found) <= Math.abs(exact) * PRECISION;
  }
  return DATE.test(id) && (DATE.test(cell) || datesIn(cell, { first: 1900, last: 2099 }).length > 0);
}
