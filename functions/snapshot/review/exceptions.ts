/** Reads the exceptions of a review: break-glass and service accounts, each with a reason. */
import { sha256Of } from '../commits/document.ts';
import { SettingsError } from '../errors.ts';
import { addressKey } from './addresses.ts';
import { type CsvRecord, recordsOf } from './csv-records.ts';
import { csvTextOf } from './csv-text.ts';

export interface ExceptionEntry {
  /** From 1, in the file. */
  readonly line: number;
  /** An address or the id of a user, as it is in the file. */
  readonly user: string;
  readonly reason: string;
}

export interface ExceptionList {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly entries: readonly ExceptionEntry[];
}

/** Names of the columns with an id or an address. The first that has a value in a row counts. */
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
  const entries = records.map(({ line, cells }) => ({
    line,
    user: users.map((column) => cells[column] ?? '').find((cell) => cell !== '') ?? '',
    reason: cells[reason] ?? '',
  }));
  const problems = [...incomplete(entries), ...repeated(entries)];
  if (problems.length > 0) {
    const rest = problems.length - MOST_LISTED;
    const listed = problems.slice(0, MOST_LISTED).join(', ');
    throw new SettingsError(`${file}: ${listed}${rest > 0 ? `, and ${rest} more` : ''}`);
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
    const key = keyOf(user);
    const before = lines.get(key);
    lines.set(key, before ?? line);
    return user !== '' && before !== undefined ? `line ${line} repeats line ${before}` : [];
  });
}

/** An id is exact. An address has the key of addresses. */
export const keyOf = (user: string): string => (user.includes('@') ? addressKey(user) : user);
