import stringWidth from 'string-width';

export interface TableOptions {
  /** The least width of each column. */
  readonly widths?: readonly number[];
  /** The widest that measuring makes a column; a longer cell only pushes the cells after it. */
  readonly widest?: number;
  /** What separates two columns. */
  readonly gap?: string;
}

/**
 * Lays out the rows of a table one at a time, so that a table of any length can be streamed: give the widths, or call
 * `measure` for every row first. Wide characters count as two columns.
 */
export class Table {
  readonly #widths: number[];
  readonly #widest: number;
  readonly #gap: string;

  constructor({ widths = [], widest = Number.POSITIVE_INFINITY, gap = '  ' }: TableOptions = {}) {
    this.#widths = [...widths];
    this.#widest = widest;
    this.#gap = gap;
  }

  measure(cells: readonly string[]): void {
    for (const [i, cell] of cells.entries())
      this.#widths[i] = Math.max(this.#widths[i] ?? 0, Math.min(this.#widest, stringWidth(cell)));
  }

  /** One row with its line end; the columns in `right` are aligned to the right. */
  row(cells: readonly string[], right?: ReadonlySet<number>): string {
    const last = cells.length - 1; // nothing follows it, so it needs no padding
    const padded = (cell: string, i: number): string => {
      if (right?.has(i)) return this.#space(cell, i) + cell;
      return i === last ? cell : cell + this.#space(cell, i);
    };
    return `${cells.map(padded).join(this.#gap).trimEnd()}\n`;
  }

  /** The line between a header and the rows. */
  rule(): string {
    return `${this.#widths.map((width) => '-'.repeat(width)).join(this.#gap)}\n`;
  }

  #space(cell: string, column: number): string {
    return ' '.repeat(Math.max(0, (this.#widths[column] ?? 0) - stringWidth(cell)));
  }
}
