import { USER_COLUMNS, type User } from '../user.ts';
import { csvCell, csvLine, inert, isPlain } from './cell-text.ts';

/**
 * The users of a snapshot as CSV for people: RFC 4180 with a header, one line per user, safe for a spreadsheet. Making a cell safe
 * alters it, so altered cells are counted. JSON Lines stays exact. Null and the empty string both become an empty cell.
 */
export class Csv {
  readonly header = csvLine(USER_COLUMNS);
  /** How many cells differ from their value. */
  alteredCells = 0;

  row(user: User): string {
    let line = '';
    let separator = '';
    for (const column of USER_COLUMNS) {
      line += separator + this.#cell(user[column]);
      separator = ',';
    }
    return `${line}\r\n`;
  }

  #cell(value: User[keyof User]): string {
    if (value === null) return '';
    const text = typeof value === 'object' ? value.join(';') : String(value);
    if (isPlain(text)) return text;
    const cell = inert(text);
    if (cell !== text) this.alteredCells++;
    return csvCell(cell);
  }
}
