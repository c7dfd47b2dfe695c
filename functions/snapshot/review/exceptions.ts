/** Reads the exceptions of a review: break-glass and service accounts, each with a reason. */
import { sha256Of } from '../commits/document.ts';
import { SettingsError } from '../errors.ts';
import { addressesIn, addressKey } from './addresses.ts';
import { type CsvRecord, recordsOf } from './csv-records.ts';
import { csvTextOf } from './csv-text.ts';

export interface ExceptionEntry {
  /** From 1, in the file. */
  readonly line: number;
  /** An address or the id of a user, as it is in the file. */
  readonly user: string;
  /** What each cell with an id or addresses may name. A cell with a display name names nobody. */
  readonly cells: readonly (readonly string[])[];
  readonly reason: string;
}

export interface ExceptionList {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly entries: readonly ExceptionEntry[];
}

/** Names of the columns with an id or an address. */
const USER_NAMES = /^(?:user|account|id|user[ _-]?id|e-?mail|(?:e-?mail[ _-]?)?address|address or id|user ?name)$/i;
const REASON_NAMES = /^(?:reason|justification|why)$/i;
/** The most problems that a message lists. */
const MOST_LISTED = 10;

/** @throws SettingsError that names the lines without a user or a reason, and those that repeat another */
export function parseExceptions(bytes: Uint8Array, file: string): ExceptionList {
  const [header, ...records] = recordsOf(csvTextOf(bytes, file), file, (cell) => REASON_NAMES.test(cell));
  const users = indexesOf(header, USER_NAMES);
  const [reason] = indexesOf(header, REASON_NAMES);
  if (users.length === 0 || reason === undefined)
    throw new SettingsError(
      `${file}: the first line must name the columns: one with an address or id, such as "user", and "reason"`,
    );
  const entries = records.map(({ line, cells }) => {
    const named = users.map((column) => cells[column] ?? '').filter((cell) => cell !== '');
    const user = named.find((cell) => addressesIn(cell).length > 0) ?? named[0] ?? '';
    return { line, user, cells: named.map(keysIn), reason: cells[reason] ?? '' };
  });
  const problems = [...incomplete(entries), ...repeated(entries)];
  if (problems.length > 0) {
    const rest = problems.length - MOST_LISTED;
    const listed = problems.slice(0, MOST_LISTED).join(', ');
    throw new SettingsError(
      `--exceptions: ${file}: ${listed}${rest > 0 ? `, and ${rest} more` : ''}. Each user needs one line, with a reason`,
    );
  }
  if (entries.length === 0) throw new SettingsError(`${file} has no exceptions`);
  return { file, sha256: sha256Of(bytes), entries };
}

const indexesOf = (header: CsvRecord | undefined, names: RegExp): number[] =>
  [...(header?.cells.entries() ?? [])].flatMap(([i, cell]) => (names.test(cell) ? i : []));

const incomplete = (entries: readonly ExceptionEntry[]): string[] =>
  entries.flatMap(({ line, user, reason }) => {
    if (user === '') return `line ${line} has no address or id`;
    return reason === '' ? `line ${line} has no reason` : [];
  });

function repeated(entries: readonly ExceptionEntry[]): string[] {
  const lines = new Map<string, number>();
  return entries.flatMap(({ line, user }) => {
    const key = keysIn(user).join(' ');
    const before = lines.get(key);
    lines.set(key, before ?? line);
    return user !== '' && before !== undefined ? `line ${line} repeats line ${before}` : [];
  });
}

/** The keys of the addresses in a cell, or the cell itself, which may be an id. An id is exact. */
const keysIn = (cell: string): string[] => {
  const addresses = addressesIn(cell);
  return addresses.length > 0 ? addresses : [keyOf(cell)];
};

/** An address has the key of addresses. */
export const keyOf = (user: string): string => (user.includes('@') ? addressKey(user) : user);
