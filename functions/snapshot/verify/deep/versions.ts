/** What earlier program versions wrote differently. It decides what a day of theirs may lack. */
import { type Format, PROGRAM_VERSION } from '../../contract.ts';
import { IN_ROW } from './entries.ts';

/** The program version that first wrote a column, for each column that 1.0.0 didn't write. */
interface AddedColumns {
  readonly users: { readonly [column: string]: string };
  readonly changes: { readonly [column: string]: string };
}
const ADDED: AddedColumns = { users: {}, changes: {} };

/** The columns that a version didn't write yet. None if the version is unknown. */
export function lackedColumns(
  kind: Format | 'changes',
  version: string,
  { users, changes }: AddedColumns = ADDED,
): ReadonlySet<string> {
  const before = (added: AddedColumns['users']) =>
    Object.keys(added).filter((column) => isEarlier(version, added[column] ?? ''));
  if (kind !== 'changes') return new Set(before(users));
  return new Set([...before(changes), ...before(users).map((column) => `${IN_ROW}${column}`)]);
}

/** Whether this version knows what a version wrote: it isn't newer, and is a version at all. */
export const isKnown = (version: string): boolean => version === PROGRAM_VERSION || isEarlier(version, PROGRAM_VERSION);

function isEarlier(version: string, other: string): boolean {
  const [ours, theirs] = [partsOf(version), partsOf(other)];
  const at = ours.findIndex((part, i) => part !== theirs[i]);
  return (ours[at] ?? 0) < (theirs[at] ?? 0);
}

/** Empty if the text isn't a version. */
const partsOf = (version: string): readonly number[] =>
  /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version) ? version.split('.').map(Number) : [];
