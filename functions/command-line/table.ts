/** Lays out the rows of a table one at a time, so that a table of any length can be streamed. Wide characters count as two columns. */
import { cut, widthOf } from './text.ts';

export interface TableOptions {
  /** The minimum width of each column. */
  readonly widths?: readonly number[];
  /** The maximum width that measuring gives a column. A longer cell pushes the cells after it to the right. */
  readonly widest?: number;
  /** What separates two columns. */
  readonly gap?: string;
}

/** Give the widths, or call `measure` for some or all rows first. */
export class Table {
  readonly #widths: number[];
  readonly #widest: number;
  readonly #gap: string;
  /** The width that rows must fit. Undefined if cells are never cut. */
  #columns: number | undefined;

  constructor({ widths = [], widest = Number.POSITIVE_INFINITY, gap = '  ' }: TableOptions = {}) {
    this.#widths = [...widths];
    this.#widest = widest;
    this.#gap = gap;
  }

  measure(cells: readonly string[]): void {
    for (const [i, cell] of cells.entries())
      this.#widths[i] = Math.max(this.#widths[i] ?? 0, Math.min(this.#widest, widthOf(cell)));
  }

  /**
   * Narrows the widest columns until a row fits a terminal. From then on, cells are cut.
   * @param whole the cells that are never cut: the header, and any cell of a column that must stay whole
   * @returns false if they don't fit the terminal; nothing has changed then
   */
  fit(columns: number, whole: readonly string[]): boolean {
    const least = this.#widths.map((width, i) => Math.min(width, widthOf(whole[i] ?? '')));
    const available = columns - this.#gap.length * (this.#widths.length - 1);
    if (total(least) > available) return false;
    while (total(this.#widths) > available) {
      const widest = Math.max(...this.#widths.filter((width, i) => width > (least[i] ?? 0)));
      const at = this.#widths.findLastIndex((width, i) => width === widest && width > (least[i] ?? 0));
      this.#widths[at] = widest - 1;
    }
    this.#columns = columns;
    return true;
  }

  /** One row with its line end. The columns in `right` are aligned to the right, and never cut. */
  row(cells: readonly string[], right?: ReadonlySet<number>): string {
    const last = cells.length - 1; // nothing follows it, so it needs no padding
    const padded = (cell: string, i: number): string => {
      if (right?.has(i)) return this.#space(cell, i) + cell;
      const shown = this.#columns === undefined ? cell : cut(cell, this.#room(i, i === last));
      return i === last ? shown : shown + this.#space(shown, i);
    };
    return `${cells.map(padded).join(this.#gap).trimEnd()}\n`;
  }

  /** The line between a header and the rows. */
  rule(): string {
    return `${this.#widths.map((width) => '-'.repeat(width)).join(this.#gap)}\n`;
  }

  /** The last column may use the rest of the terminal. */
  #room(column: number, isLast: boolean): number {
    const width = this.#widths[column] ?? 0;
    const used = total(this.#widths) + this.#gap.length * (this.#widths.length - 1);
    return isLast ? width + Math.max(0, (this.#columns ?? 0) - used) : width;
  }

  #space(cell: string, column: number): string {
    return ' '.repeat(Math.max(0, (this.#widths[column] ?? 0) - widthOf(cell)));
  }
}

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0);
