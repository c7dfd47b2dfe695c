/** Finds the header of a sheet and picks the known columns from the rows under it, even if they were moved. */
import type { CellValue } from 'hucre/xlsx';
import { SettingsError } from '../../snapshot/errors.ts';
import type { SheetRow } from './sheet.ts';
import { FILLED_COLUMNS, SHEET_COLUMNS, type SheetColumn } from './sheet-columns.ts';

/** The header may have titles or empty rows above it, but not more than this. */
const ROWS_BEFORE_HEADER = 100;
/** What makes a row the header. Missing other columns are then an error that names them. */
const MARKS = ['row', 'decision'] as const;
const MIDNIGHT = 'T00:00:00';

export class SheetTable {
  readonly #rows: SheetRow[] = [];
  #columns: ReadonlyMap<SheetColumn, number> | undefined;
  #repeated: readonly string[] = [];
  #lost: readonly string[] = [];
  #seen = 0;

  get hasHeader(): boolean {
    return this.#columns !== undefined;
  }

  /** What a row that has other columns of a sheet lacks as its header. Empty if no row is like one. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  /** Adds the next row. @returns false if there is no need for more, since the header is missing */
  add(line: number, values: readonly CellValue[]): boolean {
    if (this.#columns) this.#addRow(line, values, this.#columns);
    else this.#readHeader(values);
    return this.#columns !== undefined || ++this.#seen < ROWS_BEFORE_HEADER;
  }

  /** @throws SettingsError if a column to fill is missing, or if one that is read exists twice */
  finished(path: string): readonly SheetRow[] {
    const missing = FILLED_COLUMNS.filter((column) => !this.#columns?.has(column));
    if (missing.length > 0)
      throw new SettingsError(`${path} has no column ${missing.join(', ')}. Add it to the header`);
    if (this.#repeated.length > 0)
      throw new SettingsError(`${path} has more than one column ${this.#repeated.join(', ')}. Keep only one`);
    return this.#rows;
  }

  #readHeader(values: readonly CellValue[]): void {
    const names = values.map((value) => textOf(value).trim().toLowerCase());
    if (!MARKS.every((mark) => names.includes(mark))) {
      const isLikeHeader = SHEET_COLUMNS.filter((name) => names.includes(name)).length > MARKS.length;
      if (isLikeHeader) this.#lost = MARKS.filter((mark) => !names.includes(mark));
      return;
    }
    this.#columns = new Map(
      SHEET_COLUMNS.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)]),
    );
    this.#repeated = ['row', ...FILLED_COLUMNS].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  }

  #addRow(line: number, values: readonly CellValue[], columns: ReadonlyMap<SheetColumn, number>): void {
    const cells: Partial<Record<SheetColumn, string>> = {};
    let isEmpty = true;
    for (const [column, i] of columns) {
      const text = textOf(values[i] ?? null);
      cells[column] = text;
      isEmpty &&= text.trim() === '';
    }
    if (!isEmpty) this.#rows.push({ line, cells });
  }
}

function textOf(value: CellValue): string {
  if (!(value instanceof Date)) return value === null ? '' : String(value);
  if (Number.isNaN(value.getTime())) return 'invalid date';
  // Date cells have no time zone.
  const time = value.toISOString().slice(0, 19);
  return time.endsWith(MIDNIGHT) ? time.slice(0, -MIDNIGHT.length) : time;
}
