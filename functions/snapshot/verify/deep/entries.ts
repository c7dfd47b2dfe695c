/** The rows, CSV rows and changes of an object as entries that can be compared whatever their layout is. */
import { parse as parseLine } from 'csv-parse/sync';
import { canonical, isObject, jsonIn, membersIn } from './canonical.ts';

/** A row or a change: what identifies it, and its values by column. */
export interface Entry {
  readonly id: string;
  readonly cells: ReadonlyMap<string, string>;
}

/** Turns lines into entries. Undefined for a line that isn't one. Skips a header. */
export type ToEntry = (line: string) => Entry | undefined;

/** Separates a column from a name inside its value. */
const INSIDE = '\u0000';
/** The column of a cell, without the name inside it, which the account chose. */
export const columnOf = (cell: string): string => cell.split(INSIDE)[0] ?? '';

export const rowEntry: ToEntry = (line) => {
  const row = jsonIn(line);
  if (!isObject(row) || !('id' in row) || typeof row.id !== 'string') return undefined;
  return { id: row.id, cells: new Map(cellsOf(row)) };
};

/** No extra values are the same as none of them. @param prefix for the columns of a row inside a change */
function cellsOf(row: object, prefix = ''): [string, string][] {
  return Object.entries(row).flatMap(([column, value]): [string, string][] => {
    const extra =
      column === 'extra_json' && (value === null || typeof value === 'string') ? membersIn(value ?? '{}') : undefined;
    if (!extra) return [[prefix + column, canonical(value)]];
    const members = [...extra].map(([name, text]): [string, string] => [`${prefix}${column}${INSIDE}${name}`, text]);
    return [[prefix + column, '{}'], ...members];
  });
}

export const csvEntry = (header: readonly string[], cells: readonly string[]): Entry | undefined => {
  const id = cells[header.indexOf('id')];
  return id === undefined ? undefined : { id, cells: new Map(header.map((column, i) => [column, cells[i] ?? ''])) };
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
  const change = jsonIn(line);
  if (!isObject(change)) return undefined;
  const {
    id,
    change: kind,
    before,
    after,
    ...others
  } = { id: null, change: null, before: null, after: null, ...change };
  const sides = [before, after].map((side: unknown) => (typeof side === 'string' ? jsonIn(side) : side));
  const isRow = kind === 'joined' || kind === 'left';
  const identity = isRow ? [id, kind, ...sides.map(isObject)] : [id, kind, ...sides.map(canonical)];
  const rows = isRow ? sides.flatMap((side) => (isObject(side) ? cellsOf(side, 'the row: ') : [])) : [];
  return { id: canonical(identity), cells: new Map([...cellsOf(others), ...rows]) };
};
