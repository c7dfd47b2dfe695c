/** A filled sheet as it was read, whatever program saved it in whatever format. */
import type { FilledColumn, PopulationColumn } from './sheet-columns.ts';

export interface SheetRow {
  /** The row's number as a spreadsheet shows it. The header is usually 1. */
  readonly place: number;
  /** The text of each column that the sheet has. A true date cell is ISO 8601 text. Empty cells are the empty string. */
  readonly cells: Readonly<Partial<Record<PopulationColumn | FilledColumn, string>>>;
}

export interface Sheet {
  /** The file, as messages name it. */
  readonly path: string;
  readonly format: 'xlsx' | 'csv';
  /** Rows with at least one value. */
  readonly rows: readonly SheetRow[];
}

/** Whether anyone has started to fill in the sheet. */
export const hasDecisions = ({ rows }: Sheet): boolean => rows.some(({ cells }) => cells.decision?.trim());
