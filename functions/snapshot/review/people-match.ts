/** Matches a company's list of people with the users of an account. */
import { SettingsError } from '../errors.ts';
import type { User } from '../user.ts';
import { addressKey } from './addresses.ts';
import type { PeopleList, Person } from './people.ts';
import { isAddressName, isOthersName } from './people-columns.ts';

/** How the list of people was read. `column` and `addresses` are as in review.json. */
export interface PeopleMatch {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** The name of the column that the addresses are from. */
  readonly column: string;
  /** Distinct addresses of people who are employed, in that column and in columns of further addresses. */
  readonly addresses: number;
  /** Rows of people who are marked as no longer employed. They count as not on the list. */
  readonly departed: number;
  /** Users whose address is on the list. */
  readonly matched: number;
}

export interface MatchedPeople {
  readonly match: PeopleMatch;
  /** @param user one of the users that were matched */
  isOnList(user: Pick<User, 'email'>): boolean;
  /** Sorted. */
  readonly withoutAccount: readonly string[];
  readonly notes: readonly string[];
}

/** If fewer of the users are on the list, it is taken for a list of other people. */
const LEAST_MATCHED = 0.1;

/**
 * Reads addresses from the column with the most addresses of users, and from other columns that name addresses of the same people.
 * @throws SettingsError if so few users are on the list that it is the wrong list, or the wrong column
 */
export function matchPeople(list: PeopleList, users: readonly User[]): MatchedPeople {
  const accounts = new Set(users.flatMap(({ email }) => (email === null ? [] : addressKey(email))));
  const main = mainColumn(list, accounts);
  const columns = [main, ...furtherColumns(list, main)];
  const employed = list.people.filter(({ hasLeft }) => !hasLeft);
  const listed = new Set(employed.flatMap((person) => addressesOf(person, columns)));
  const written = new Set(users.flatMap(({ email }) => (email !== null && listed.has(addressKey(email)) ? email : [])));
  const isOnList = ({ email }: Pick<User, 'email'>) => email !== null && written.has(email);
  refuseStrangers(list, main, users, isOnList);
  const left = list.people.filter(({ hasLeft }) => hasLeft);
  return {
    match: {
      file: list.file,
      sha256: list.sha256,
      column: nameOf(list, main),
      addresses: listed.size,
      departed: left.length,
      matched: users.filter(isOnList).length,
    },
    isOnList,
    withoutAccount: withoutAccount(employed, columns, accounts),
    notes: [...list.notes, ...notesOf(list, columns, users, left.length)],
  };
}

const nameOf = (list: PeopleList, column: number): string => list.columns[column] ?? '';
const addressesOf = ({ addresses }: Person, columns: readonly number[]): string[] =>
  columns.flatMap((column) => addresses.get(column) ?? []);

const inColumn = (list: PeopleList, column: number): string[][] =>
  list.people.flatMap(({ addresses }) => (addresses.has(column) ? [[...(addresses.get(column) ?? [])]] : []));

/** The column with the most addresses of users; of several, the one with the most addresses; of several, the first. */
function mainColumn(list: PeopleList, accounts: ReadonlySet<string>): number {
  const candidates = [...list.columns.keys()]
    .filter((column) => !isOthersName(nameOf(list, column)))
    .map((column) => ({ column, all: new Set(inColumn(list, column).flat()) }))
    .map(({ column, all }) => ({ column, size: all.size, matched: all.intersection(accounts).size }));
  const [best] = candidates.sort((a, b) => b.matched - a.matched || b.size - a.size || a.column - b.column);
  if (best && best.size > 0) return best.column;
  throw new SettingsError(
    `${list.file}: only columns about other people have addresses, such as their manager's. Export it with each person's own address`,
  );
}

/**
 * Columns that are named like addresses of the same people, such as aliases. If most addresses of a column are repeated from row to row,
 * they belong to others, whatever its name.
 */
function furtherColumns(list: PeopleList, main: number): number[] {
  return [...list.columns.keys()].filter((column) => {
    if (column === main || !isAddressName(nameOf(list, column))) return false;
    const rows = inColumn(list, column);
    return 2 * new Set(rows.flat()).size > rows.flat().length;
  });
}

function refuseStrangers(
  { file, columns }: PeopleList,
  main: number,
  users: readonly User[],
  isOnList: (user: User) => boolean,
): void {
  const current = users.filter(({ email, disabled }) => email !== null && email !== '' && disabled !== true);
  const matched = current.filter(isOnList).length;
  if (current.length === 0 || matched >= Math.max(1, LEAST_MATCHED * current.length)) return;
  const found = matched === 0 ? 'no address' : `only ${matched}`;
  throw new SettingsError(
    `${file}: ${found} of the account's ${current.length} enabled users with an address is in column "${columns[main]}". It is probably the wrong list or column, or most people are marked as no longer employed`,
  );
}

/** People none of whose addresses has an account. Someone who is listed twice counts once, if the two rows share an address. */
function withoutAccount(
  employed: readonly Person[],
  columns: readonly number[],
  accounts: ReadonlySet<string>,
): string[] {
  const all = employed.map((person) => addressesOf(person, columns)).filter((addresses) => addresses.length > 0);
  const hasAccount = (addresses: readonly string[]) => addresses.some((address) => accounts.has(address));
  const known = new Set(all.filter(hasAccount).flat());
  const missing = all.filter((addresses) => !addresses.some((address) => known.has(address)));
  return [...new Set(missing.flatMap(([address]) => address ?? []))].sort();
}

function notesOf(list: PeopleList, columns: readonly number[], users: readonly User[], left: number): string[] {
  const { file } = list;
  const further = columns.slice(1).map((column) => `"${nameOf(list, column)}"`);
  const unread = [...list.columns.keys()]
    .filter((column) => !columns.includes(column) && inColumn(list, column).length > 0)
    .map((column) => `"${nameOf(list, column)}"`);
  const nameless = users.filter(({ email }) => email === null || email === '').length;
  return [
    ...(further.length > 0
      ? [`${file}: further addresses of the same people are read from ${further.join(', ')}`]
      : []),
    ...(unread.length > 0 ? [`${file}: addresses in ${unread.join(', ')} are not read`] : []),
    ...(left > 0
      ? [`${file}: rows of people who are marked as no longer employed, and count as not on the list: ${left}`]
      : []),
    ...(nameless > 0 ? [`users without an address, who count as not on the list of people: ${nameless}`] : []),
  ];
}
