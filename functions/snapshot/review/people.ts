/** Reads a company's list of people from a CSV file with a column of addresses, as HR systems and identity providers export it. */
import { sha256Of } from '../commits/document.ts';
import { SettingsError } from '../errors.ts';
import { addressesIn } from './addresses.ts';
import { type CsvRecord, recordsOf, usualWidth } from './csv-records.ts';
import { csvTextOf } from './csv-text.ts';
import { departureRule, isColumnName, isLeavingName, isStatusName, isUnknownStatus } from './people-columns.ts';

/** A row of the list that has an address. */
export interface Person {
  /** The keys of the addresses in each column, by the column's position. */
  readonly addresses: ReadonlyMap<number, readonly string[]>;
  /** Whether a column marks the person as no longer employed. Such a person counts as not on the list. */
  readonly hasLeft: boolean;
}

export interface PeopleList {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** The columns' names. A column without a name has `column 3`. */
  readonly columns: readonly string[];
  readonly people: readonly Person[];
  readonly notes: readonly string[];
}

/** How far down the names of the columns may be. */
const MOST_PREAMBLE = 50;

/** @throws SettingsError if the file isn't a list of people */
export function parsePeople(bytes: Uint8Array, file: string): PeopleList {
  const records = recordsOf(csvTextOf(bytes, file), file, isAddress);
  const header = headerOf(records);
  const width = records.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  const columns = Array.from({ length: width }, (_, i) => records[header]?.cells[i] || `column ${i + 1}`);
  const rules = columns.flatMap((name, i) => {
    const rule = departureRule(name);
    return rule ? [{ column: i, rule }] : [];
  });
  const people = records.slice(header + 1).flatMap(({ cells }) => {
    const addresses = new Map(
      cells.map((cell, i) => [i, addressesIn(cell)] as const).filter(([, found]) => found.length > 0),
    );
    const hasLeft = rules.some(({ column, rule }) => rule(cells[column] ?? ''));
    return addresses.size === 0 ? [] : [{ addresses, hasLeft }];
  });
  if (people.length === 0)
    throw new SettingsError(`${file} has no e-mail addresses. Export it with a column of addresses`);
  const notes = [...notesOf(file, columns), ...statusNotes(file, columns, records.slice(header + 1))];
  return { file, sha256: sha256Of(bytes), columns, people, notes };
}

const isAddress = (cell: string): boolean =>
  cell.includes('@') && !/[\s,;|]/.test(cell) && addressesIn(cell).length === 1;

/** The index of the record with the columns' names. -1 if there is none: every record is a person then. */
function headerOf(records: readonly CsvRecord[]): number {
  const width = usualWidth(records);
  const isWide = ({ cells }: CsvRecord) => 2 * cells.filter((cell) => cell !== '').length >= width;
  const hasAddress = ({ cells }: CsvRecord) => cells.some((cell) => addressesIn(cell).length > 0);
  const named = records
    .slice(0, MOST_PREAMBLE)
    .findIndex((record) => isWide(record) && !hasAddress(record) && record.cells.some(isColumnName));
  return named >= 0 ? named : records.findIndex((record) => isWide(record) && hasAddress(record)) - 1;
}

const notesOf = (file: string, columns: readonly string[]): string[] =>
  columns
    .filter(isLeavingName)
    .map(
      (name) =>
        `${file}: column "${name}" is not read. People who have left count as not on the list only if a status says so`,
    );

/** The most values that a note lists. */
const MOST_LISTED = 5;

/** Statuses of which it isn't known whether they mean that a person has left. */
const statusNotes = (file: string, columns: readonly string[], records: readonly CsvRecord[]): string[] =>
  columns.flatMap((name, i) => {
    if (!isStatusName(name)) return [];
    const values = [...new Set(records.map(({ cells }) => cells[i] ?? '').filter(isUnknownStatus))];
    if (values.length === 0) return [];
    const listed = values.slice(0, MOST_LISTED).map((value) => `"${value}"`);
    const more = values.length > MOST_LISTED ? ` and ${values.length - MOST_LISTED} more` : '';
    return [`${file}: these values of column "${name}" count as employed: ${listed.join(', ')}${more}`];
  });
