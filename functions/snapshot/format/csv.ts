import { USER_COLUMNS, type User } from '../user.ts';
import { csvLine, inert } from './cell-text.ts';

/**
 * The users of a snapshot as CSV for people: RFC 4180 with a header, one line per user, safe for a spreadsheet. Making a cell safe
 * alters it, so altered cells are counted. JSON Lines stays exact. Null and the empty string both become an empty cell.
 */
export class Csv {
  readonly header = csvLine(USER_COLUMNS);
  /** How many cells differ from their value. */
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
