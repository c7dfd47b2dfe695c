/** Names what else differs between a filled sheet and the review. Only what a person changed counts, not how a spreadsheet displays it. */
import { inert } from '../../snapshot/format/cell-text.ts';
import type { ReviewRow } from '../../snapshot/review/review-document.ts';
import { isDt } from '../../snapshot/utc-day.ts';
import { quoted } from './decision-cells.ts';
import { datesIn } from './read-date.ts';
import type { SheetRow } from './sheet.ts';
import { cellText, POPULATION_COLUMNS } from './sheet-columns.ts';

const ANY_YEAR = { first: 2000, last: 2099 };
const NUMBER = /^[+-]?[\d.,]+(?:e[+-]?\d+)?$/i;

/** The differences of a row, each as a part of a sentence. */
export const differencesOf = ({ cells }: SheetRow, row: ReviewRow): string[] =>
  POPULATION_COLUMNS.flatMap((column) => {
    const [found, expected] = [cells[column], cellText(row, column)];
    return found === undefined || column === 'row' || isShownAs(expected, found)
      ? []
      : [`${column} is ${shown(found)} in the sheet and ${shown(expected)} in review.json`];
  });

export const shown = (text: string): string => (text === '' ? 'empty' : quoted(text));

/** Whether a spreadsheet may show the value like that: as CSV neutralizes it, or as its own idea of a number, date or truth value. */
export function isShownAs(expected: string, found: string): boolean {
  const [value, cell] = [expected.trim(), found.trim()];
  if (cell === value || cell === inert(expected).trim()) return true;
  if (value === 'true' || value === 'false') return cell.toLowerCase() === value;
  if (isDt(value)) return datesIn(cell, ANY_YEAR).includes(value);
  return NUMBER.test(value) && NUMBER.test(cell) && Number(cell.replace(',', '.')) === Number(value);
}
