/** Converts a cell of a result to a cell of a worksheet. Text is never a formula, and no number loses a digit. */
import { onOneLine } from '../../snapshot/format/cell-text.ts';
import { type Cell, isNumber, plainText } from '../query/cells.ts';
import { legible } from '../text.ts';

export type SheetCell = string | number | boolean | Date | null;

/** The most that Excel keeps in a cell, in UTF-16 code units. */
export const MOST_CHARACTERS = 32_767;

/** Excel computes with 15 digits. A longer number stays text. */
const EXACT = /^-?\d{1,15}$/;

/** Excel's dates begin in 1900, with a day that never was at the end of February, and have four digits for the year. */
const FIRST_TIME = Date.UTC(1900, 2, 1);
const AFTER_LAST_TIME = Date.UTC(10_000, 0, 1);

/**
 * @param isTime whether the column holds times, which a result spells as text
 * @param onCut is called if the text is longer than a cell
 */
export function sheetCell(cell: Cell, isTime: boolean, onCut: () => void): SheetCell {
  if (cell === null || typeof cell === 'boolean') return cell;
  const text = plainText(cell);
  if (isNumber(cell) && EXACT.test(text)) return Number(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (time >= FIRST_TIME && time < AFTER_LAST_TIME) return new Date(time);
  return sheetText(text, onCut);
}

/** The text as `query` prints it, cut to what a cell can hold, with an ellipsis. */
function sheetText(text: string, onCut: () => void): string {
  const shown = legible(onOneLine(text)).toWellFormed().replaceAll(NOT_IN_XML, '\ufffd');
  if (shown.length <= MOST_CHARACTERS) return unescapable(shown);
  onCut();
  return unescapable(`${shown.slice(0, MOST_CHARACTERS - 1).replace(HALF_A_CHARACTER, '')}…`);
}

const NOT_IN_XML = /[\ufffe\uffff]/g;
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

/** In a worksheet, `_x0041_` in a text would be read as `A`. */
const unescapable = (text: string): string => text.replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_');
