/** Prints the tables and views with their columns. */
import { print, type Terminal } from '../terminal.ts';
import { CATALOGUE, catalogueText } from './catalogue.ts';
import { PRINTERS } from './printers.ts';
import type { QueryFormat } from './result.ts';

const DEFAULT_WIDTH = 80;

export const listTables = (format: QueryFormat, terminal: Terminal): Promise<void> =>
  print(
    terminal,
    format === 'text' ? catalogueText(terminal.out.columns || DEFAULT_WIDTH) : PRINTERS[format](CATALOGUE, 0),
  );
