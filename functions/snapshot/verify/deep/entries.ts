/** The rows, CSV rows and changes of an object as entries that can be compared whatever their layout is. */
import { parse as parseLine } from 'csv-parse/sync';
import { canonical, isObject, jsonIn, membersIn, objectIn } from './canonical.ts';

/** A row or a change: what identifies it, and its values by column. */
export interface Entry {
  readonly id: string;
  readonly cells: ReadonlyMap<string, string>;
}

/** Turns lines into entries. Undefined for a line that isn't one, or that readers may understand differently. Skips a header. */
export type ToEntry = (line: string) => Entry | undefined;

/** The column whose members are compared one by one. */
export const EXTRA = 'extra_json';
/** The prefix of a column of the row inside a change. */
export const IN_ROW = 'the row: ';
/** Separates a column from a name inside its value. No column's name contains it. */
const INSIDE = '\u0000';
/** The column of a cell, without the name inside it, which the account chose. */
export const columnOf = (cell: string): string => cell.split(INSIDE)[0] ?? '';
/** The name inside the column. Undefined if the cell is the column. */
export const nameInside = (cell: string): string | undefined =>
  cell.includes(INSIDE) ? cell.slice(cell.indexOf(INSIDE) + 1) : undefined;

/** Whether these can be the columns of one row: plain names, each once. Athena doesn't distinguish upper and lower case. */
export const areColumns = (names: readonly string[]): boolean =>
  names.every((name) => /^\w+$/.test(name)) && new Set(names.map((name) => name.toLowerCase())).size === names.length;

export const rowEntry: ToEntry = (line) => {
  const row = rowIn(line);
  return row && 'id' in row && typeof row.id === 'string' ? { id: row.id, cells: new Map(cellsOf(row)) } : undefined;
};

function rowIn(text: string): object | undefined {
  const row = objectIn(text);
  return row && areColumns(Object.keys(row)) ? row : undefined;
}

/** @param prefix for the columns of a row inside a change */
const cellsOf = (row: object, prefix = ''): [string, string][] =>
  Object.entries(row).flatMap(([column, value]): [string, string][] => {
    const name = `${prefix}${column}`;
    const isExtra = column === EXTRA && (value === null || typeof value === 'string');
    return isExtra ? extraCells(name, value ?? '{}', canonical(value)) : [[name, canonical(value)]];
  });

/** No extra values are the same as none of them. @param otherwise the cell if the text isn't an object */
function extraCells(column: string, text: string, otherwise: string): [string, string][] {
  const extra = membersIn(text);
  if (!extra) return [[column, otherwise]];
  const members = [...extra].map(([name, member]): [string, string] => [`${column}${INSIDE}${name}`, member]);
  return [[column, '{}'], ...members];
}

/** Undefined if the row has more or fewer cells than the header. */
export const csvEntry = (header: readonly string[], cells: readonly string[]): Entry | undefined => {
  const id = cells[header.indexOf('id')];
  if (id === undefined || cells.length !== header.length) return undefined;
  const named = header.flatMap((column, i): [string, string][] => {
    const cell = cells[i] ?? '';
    return column === EXTRA ? extraCells(column, cell || '{}', cell) : [[column, cell]];
  });
  return { id, cells: new Map(named) };
};

/** For lines of this version, of which each is one record. The first is the header. */
export function csvEntries(): (line: string) => Entry | undefined {
  let header: readonly string[] | undefined;
  return (line) => {
    const [cells = []]: string[][] = parseLine(line);
    if (header) return csvEntry(header, cells);
    header = cells;
    return undefined;
  };
}

/** A change is identified by its user, its kind and its values, except that rows are values by column. */
export const changeEntry: ToEntry = (line) => {
  const change = rowIn(line);
  if (!change) return undefined;
  const {
    id,
    change: kind,
    before,
    after,
    ...others
  } = { id: null, change: null, before: null, after: null, ...change };
  const sides: readonly unknown[] = [before, after];
  if (kind !== 'joined' && kind !== 'left') {
    const values = sides.map((side) => canonical(typeof side === 'string' ? jsonIn(side) : side));
    return { id: canonical([id, kind, ...values]), cells: new Map(cellsOf(others)) };
  }
  const rows = sides.map((side) => (typeof side === 'string' ? rowIn(side) : side));
  const cells = rows.flatMap((row) => (isObject(row) ? cellsOf(row, IN_ROW) : []));
  return { id: canonical([id, kind, ...rows.map(isObject)]), cells: new Map([...cellsOf(others), ...cells]) };
};
