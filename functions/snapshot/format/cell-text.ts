/** Text that is safe to show to people: in a terminal, in a spreadsheet, in a CSV file. */

/** Control characters and line separators: none may reach a spreadsheet, or a reader that mistakes them for the end of a line. */
const CONTROL = /\r\n|[\p{Cc}\u2028\u2029]/gu;
/** Begins a formula in a spreadsheet, full-width forms included (OWASP, CSV injection). */
const SIGN = '(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])';
/** What can't be seen, or is a space: a spreadsheet or an output that drops it brings a sign behind it to the front of the cell. */
const BLANK = '\\p{Z}\\p{Cf}\\p{Default_Ignorable_Code_Point}';
const FORMULA = new RegExp(`^([${BLANK}]*)${SIGN}`, 'u');
/**
 * The same behind a comma or semicolon inside the text. A spreadsheet that separates cells by the other one, or that splits a column,
 * begins a cell there, and drops quotes and blanks. A tab never gets so far: it is a control character.
 */
const INNER_FORMULA = new RegExp(`([,;][${BLANK}"]*)${SIGN}`, 'gu');
const NEEDS_QUOTES = /[",\r\n]/;

/** The text on one line, with a space for each control character: safe for a terminal, too. */
export const onOneLine = (text: string): string => text.replace(CONTROL, ' ');

/** The text as it is safe for a spreadsheet, whichever of `,` `;` and tab separates cells: on one line, formulas neutralized. */
export const inert = (text: string): string => onOneLine(text).replace(FORMULA, "'$1").replace(INNER_FORMULA, "$1'");

/** A record of RFC 4180 with its line end. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
