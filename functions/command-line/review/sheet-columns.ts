/** The columns of the sheet that a review is filled in on, in their order, and the text of their cells. */

import { onOneLine } from '../../snapshot/format/cell-text.ts';
import type { ReviewRow } from '../../snapshot/review/review-document.ts';

/** The columns that a reviewer fills in, from left to right. */
export const FILLED_COLUMNS = ['decision', 'reviewer', 'decided_at', 'remark'] as const;
export type FilledColumn = (typeof FILLED_COLUMNS)[number];

/** What the review says about a user. What helps to decide comes first, what identifies and dates the user last. */
export const POPULATION_COLUMNS = [
  'row',
  'email',
  'first_name',
  'last_name',
  'state',
  'is_admin',
  'admin_since',
  'roles',
  'group_names',
  'last_active',
  'quiet_days',
  'is_dormant',
  'created_at',
  'first_dt',
  'changed_since',
  'changed_dt',
  'changes',
  'is_on_people_list',
  'exception',
  'id',
  'dt',
] as const satisfies readonly (keyof ReviewRow)[];
export type PopulationColumn = (typeof POPULATION_COLUMNS)[number];

/** The columns to fill come last, next to each other. */
export const SHEET_COLUMNS = [...POPULATION_COLUMNS, ...FILLED_COLUMNS] as const;
export type SheetColumn = (typeof SHEET_COLUMNS)[number];

/** Counted by the review itself, so they are numbers that sort as such. All other values are text: no program may convert them. */
export const NUMBER_COLUMNS: ReadonlySet<SheetColumn> = new Set(['row', 'quiet_days']);

/** The longest text of a cell in Excel. */
const LONGEST = 32_767;
const CUT_MARK = '…[cut]';
/** Half of a surrogate pair, which a cut may leave at the end. */
const HALF = /[\ud800-\udbff]$/;
/** The characters that neither XML 1.0 nor a text file may hold, except control characters. */
const ILLEGAL = /[\ufffe\uffff]/g;

/** Most texts. They need no change, which is faster to find out than to make. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The longest beginning of a text that fits into a cell, with a mark if it isn't all. */
export const fitCell = (text: string): string =>
  text.length <= LONGEST ? text : text.slice(0, LONGEST - CUT_MARK.length).replace(HALF, '') + CUT_MARK;

/** A value of the review as the text of a cell: on one line, and legal in XML. Null is an empty cell. */
export function cellText(row: ReviewRow, column: PopulationColumn): string {
  const value = row[column];
  if (value === null) return '';
  const text = String(value);
  return fitCell(PLAIN.test(text) ? text : onOneLine(text).toWellFormed().replaceAll(ILLEGAL, '\ufffd'));
}
