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

/** Whether a cell has exactly the value, or the value as CSV neutralizes it. */
export const isSameText = (expected: string, found: string): boolean =>
  found.trim() === expected.trim() || found.trim() === inert(expected).trim();

/** What spreadsheets in other languages make of a truth value. */
const TRUTH = {
  true: ['true', 'wahr', 'vrai', 'verdadero', 'verdadeiro', 'vero', 'waar', 'prawda'],
  false: ['false', 'falsch', 'faux', 'falso', 'onwaar', 'fałsz'],
};

/** The truth value that a spreadsheet takes a text for, or shows like this. Undefined if there is none. */
export function truthIn(text: string): 'true' | 'false' | undefined {
  const word = text.toLowerCase();
  return TRUTH.true.includes(word) ? 'true' : TRUTH.false.includes(word) ? 'false' : undefined;
}

/** Whether a spreadsheet may show the value like that, as its own idea of a number, date or truth value included. */
export function isShownAs(expected: string, found: string): boolean {
  if (isSameText(expected, found)) return true;
  const [value, cell] = [expected.trim(), found.trim()];
  if (value === 'true' || value === 'false') return truthIn(cell) === value;
  if (isDt(value)) return datesIn(cell, ANY_YEAR).includes(value);
  return NUMBER.test(value) && NUMBER.test(cell) && isSameNumber(Number(cell.replace(',', '.')), Number(value));
}

const isSameNumber = (one: number, other: number): boolean => Number.isFinite(one) && one === other;
