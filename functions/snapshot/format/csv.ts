import { USER_COLUMNS, type User } from '../user.ts';
import { csvLine, inert } from './cell-text.ts';

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
