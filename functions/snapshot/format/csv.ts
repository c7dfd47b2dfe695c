import { USER_COLUMNS, type User } from '../user.ts';

/** Control characters and line separators: none may reach a spreadsheet, or a reader that mistakes them for the end of a line. */
const CONTROL = /\r\n|[\p{Cc}\u2028\u2029]/gu;
/** What makes a spreadsheet read a cell as a formula, full-width forms included (OWASP, CSV injection). */
const FORMULA = /^ *[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** The text on one line, with a space for each control character: safe for a terminal, too. */
export const onOneLine = (text: string): string => text.replace(CONTROL, ' ');

/** The text as it is safe for a spreadsheet: on one line, formulas neutralized. */
export function inert(text: string): string {
  const line = onOneLine(text);
  return FORMULA.test(line) ? `'${line}` : line;
}

/** A record of RFC 4180 with its line end. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

/**
 * RFC 4180 with a header, for people: one line per user, safe for a spreadsheet. That alters cells, so they are counted;
 * JSON Lines stays exact. Null and the empty string are both written as an empty cell.
 */
export class Csv {
  readonly header = csvLine(USER_COLUMNS);
  /** Cells that differ from their value. */
  alteredCells = 0;

  row(user: User): string {
    return csvLine(USER_COLUMNS.map((column) => this.#cell(user[column])));
  }

  #cell(value: User[keyof User]): string {
    if (value === null) return '';
    const text = typeof value === 'object' ? value.join(';') : String(value);
    const cell = inert(text);
    if (cell !== text) this.alteredCells++;
    return cell;
  }
}
