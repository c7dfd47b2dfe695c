/** A filled sheet as it was read, in the same shape for all programs and formats. */
import type { SheetColumn } from './sheet-columns.ts';

export interface SheetRow {
  /** The number of the row as a spreadsheet shows it. The header is usually 1. */
  readonly line: number;
  /** The text of each column that the sheet has. A true date cell is ISO 8601 text. Empty cells are the empty string. */
  readonly cells: Readonly<Partial<Record<SheetColumn, string>>>;
}

export interface Sheet {
  /** The file, as messages name it. */
  readonly path: string;
  /** SHA-256 of the bytes that were read. */
  readonly sha256: string;
  readonly format: 'xlsx' | 'csv';
  /** What the operator should know about how the file was read. Null if there is nothing. */
  readonly note: string | null;
  /** Rows with at least one value. */
  readonly rows: readonly SheetRow[];
}

/** Whether anyone has started to fill in the sheet. */
export const hasDecisions = ({ rows }: Sheet): boolean => rows.some(({ cells }) => Boolean(cells.decision?.trim()));
