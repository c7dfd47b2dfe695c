import { COLUMNS } from '../contract.ts';
import type { User } from '../user.ts';

const LINE_END = '\r\n';
/** Control characters and line separators: none may reach a spreadsheet, or a reader that takes them for a line's end. */
const CONTROL = /\r\n|[\p{Cc}\u2028\u2029]/gu;
/** What a spreadsheet takes for the beginning of a formula, full-width forms included (OWASP, CSV injection). */
const FORMULA = /^ *[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * RFC 4180 with a header, for people: one line per user, inert in a spreadsheet. That alters cells, so they are counted;
 * JSON Lines stays exact. Null and the empty string are both empty.
 */
export class Csv {
  readonly header = COLUMNS.join(',') + LINE_END;
  /** Cells that differ from the value they stand for. */
  alteredCells = 0;

  row(user: User): string {
    return COLUMNS.map((column) => this.#cell(user[column])).join(',') + LINE_END;
  }

  #cell(value: User[keyof User]): string {
    if (value === null) return '';
    const text = typeof value === 'object' ? value.join(';') : String(value);
    const spaced = text.replace(CONTROL, ' ');
    const inert = FORMULA.test(spaced) ? `'${spaced}` : spaced;
    if (inert !== text) this.alteredCells++;
    return NEEDS_QUOTES.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
  }
}
