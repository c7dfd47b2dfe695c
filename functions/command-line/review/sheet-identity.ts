/** Finds the rows of a sheet that are about another user than the same row of the review: their decisions were made about somebody else. */
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { convertedIds } from './converted-ids.ts';
import type { SheetRow } from './sheet.ts';
import { cellText } from './sheet-columns.ts';
import { isSameText, shown } from './sheet-differences.ts';

/** What is wrong with each such row, by its number. @param lines the line of each row */
export function otherUsers(lines: ReadonlyMap<number, SheetRow>, { rows }: Review): ReadonlyMap<number, string> {
  const emails = Map.groupBy(rows, (row) => cellText(row, 'email'));
  const known: Known = {
    ids: convertedIds(rows.map((row) => cellText(row, 'id').trim())),
    isShared: (email) => (emails.get(email)?.length ?? 0) > 1,
  };
  return new Map(
    rows.flatMap((row) => {
      const line = lines.get(row.row);
      const column = line && differingColumn(line, row, known);
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

/** What the ids and addresses of all rows say about one of them. */
interface Known {
  readonly ids: ReturnType<typeof convertedIds>;
  /** Whether several rows have the address. */
  readonly isShared: (email: string) => boolean;
}

/**
 * The id identifies a user, compared as text. If a spreadsheet converted it, the address does. Without an address of its own, the user
 * is still identified if the sheet's id can be no other user's. If the sheet has no ids, the address identifies the user.
 */
function differingColumn({ cells }: SheetRow, row: ReviewRow, { ids, isShared }: Known): 'id' | 'email' | undefined {
  const [id, email] = [cellText(row, 'id'), cellText(row, 'email')];
  if (cells.id !== undefined) {
    if (isSameText(id, cells.id)) return undefined;
    const found = cells.id.trim();
    if (!ids.isConverted(id.trim(), found)) return 'id';
    if (email === '' || isShared(email)) return ids.count(found) === 1 ? undefined : 'id';
    return isSameText(email, cells.email ?? '') ? undefined : 'email';
  }
  return cells.email === undefined || isSameText(email, cells.email) ? undefined : 'email';
}
