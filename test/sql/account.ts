import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';

/** A user as Anodot returns it. */
export interface AccountUser {
  readonly _id: string;
  readonly createdAt?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly roles?: readonly string[];
  readonly disabled?: boolean;
  readonly ownerOrganization?: string;
  readonly groups?: readonly string[];
  readonly defaultGroup?: string;
  readonly lastActive?: string;
  /** Undocumented fields. */
  readonly [extra: string]: unknown;
}

export interface AccountGroup {
  readonly id: string;
  readonly name: string;
  readonly created: string;
}

/** What Anodot returns for the account at a moment. */
export interface Account {
  readonly users: readonly AccountUser[];
  /** Undefined if the token may not read them. */
  readonly groups: readonly AccountGroup[] | undefined;
}

const USER = 'customer-user';
const ADMIN = 'customer-admin';
const READER = 'customer-read-only';

type Fields = Partial<AccountUser>;
/** A person's fields on the n-th day, observed at that time in milliseconds; undefined if they are not in the account. */
type Person = (n: number, at: number) => Fields | undefined;

const from =
  (first: number, last = Number.POSITIVE_INFINITY) =>
  (n: number) =>
    first <= n && n <= last;
const before = (at: number, days: number, milliseconds = 0): string =>
  new Date(at - days * DAY_MILLISECONDS - milliseconds).toISOString();

/** What happens to each person in sixty days. Days 25 (no run), 33 (refused), 34 (killed) and 38 (failed) have no snapshot. */
const PEOPLE: { readonly [id: string]: Person } = {
  'stays-admin': () => ({ roles: [USER, ADMIN] }),
  joins: (n) => (from(10)(n) ? {} : undefined),
  'joins-and-leaves': (n) => (from(10, 40)(n) ? { roles: [READER] } : undefined),
  'leaves-as-admin': (n) => (from(1, 19)(n) ? { roles: [ADMIN] } : undefined),
  'joins-as-admin': (n) => (from(26)(n) ? { roles: [ADMIN] } : undefined),
  returns: (n) => (from(15, 29)(n) ? undefined : { email: n < 15 ? 'old@example.com' : 'new@example.com' }),
  'returns-as-admin': (n) => (from(16, 20)(n) ? undefined : { roles: [ADMIN, USER] }),
  'away-on-one-day': (n) => (n === 24 ? undefined : {}),
  'away-over-missing-days': (n) => (from(33, 34)(n) ? undefined : {}),
  'gone-on-the-last-day': (n) => (n < 60 ? {} : undefined),
  'seen-once': (n) => (n === 26 ? {} : undefined),
  'granted-and-revoked': (n) => ({ roles: from(8, 20)(n) || from(44)(n) ? [USER, ADMIN] : [USER] }),
  'admin-over-missing-day': (n) => ({ roles: from(23, 27)(n) ? [ADMIN] : [READER] }),
  'admin-for-a-day': (n) => ({ roles: n === 47 ? [USER, ADMIN] : [USER] }),
  'admin-until-the-last-day': (n) => ({ roles: n < 60 ? [USER, ADMIN] : [USER] }),
  'roles-not-said': (n) => ({ roles: from(30, 31)(n) ? undefined : [ADMIN] }),
  'roles-never-said': () => ({ roles: undefined, email: undefined, disabled: undefined }),
  'no-roles': () => ({ roles: [] }),
  'role-changes': (n) => ({ roles: n < 28 ? [USER] : [READER, 'of-their-own; with "signs"'] }),
  moves: (n) => ({
    groups: n < 22 ? ['g-sales'] : ['g-gone', 'g-sales', 'g-ops'],
    defaultGroup: n < 42 ? 'g-sales' : 'g-ops',
  }),
  'group-twice': () => ({ groups: ['g-sales', 'g-sales'], defaultGroup: 'g-gone' }),
  marries: (n) => (n < 53 ? { lastName: 'Before' } : { lastName: 'After', email: 'after@example.com' }),
  'disabled-later': (n) => ({ disabled: from(35)(n), lastActive: '2020-01-01T00:00:00.000Z' }),
  'disabled-admin': () => ({ disabled: true, roles: [ADMIN], lastActive: undefined }),
  'enabled-again': (n) => ({ disabled: from(1, 36)(n) }),
  'active-90-days-ago': (_, at) => ({ lastActive: before(at, 90) }),
  'dormant-by-a-millisecond': (_, at) => ({ lastActive: before(at, 90, 1) }),
  'dormant-admin': () => ({ lastActive: '2024-02-29T23:59:59.999Z', roles: [ADMIN] }),
  'new-90-days-old': (_, at) => ({ createdAt: before(at, 90), lastActive: undefined }),
  'never-active-by-a-millisecond': (_, at) => ({ createdAt: before(at, 90, 1), lastActive: undefined }),
  'never-active': () => ({ createdAt: '2021-05-02T12:46:27.823Z', lastActive: undefined }),
  'created-nobody-knows-when': () => ({ createdAt: undefined, lastActive: undefined }),
  'time-of-another-zone': () => ({ createdAt: '2026-01-01T00:30:00+02:00', lastActive: '2026-03-01t01:02:03z' }),
  // text that is hostile to a bucket, a spreadsheet or a terminal
  'hostile-controls': () => ({
    firstName: 'NUL\u0000 \u001b[31m\u009b2J \u007f',
    lastName: 'a\r\nb\nc\u2028d\u2029e\tf',
  }),
  'hostile-bidi': () => ({ firstName: '\u202egnp.exe\u202c', lastName: 'עברית العربية 小林 Ł ß 👩‍👩‍👧 🏴‍☠️' }),
  'hostile-formula': () => ({ firstName: '=HYPERLINK("http://example.com";"x")', lastName: '+1', email: '@SUM(A1)' }),
  'hostile-surrogate': () => ({ firstName: 'lone \ud800 and \udfff', lastName: 'pair \ud83d\ude00' }),
  'hostile-signs': () => ({ firstName: 'a,b;c|d"e\'f', lastName: 'CORP\\jsmith', email: "'quoted'@example.com" }),
  'hostile-escapes': () => ({ firstName: 'C:\\', lastName: '\\N \\n \\u0000 \\"', email: '\\' }),
  'hostile-length': () => ({ firstName: 'x'.repeat(10_000), lastName: ' leading and trailing ' }),
  'hostile-words': () => ({ firstName: 'null', lastName: 'NULL', email: '""', groups: ['', ';', 'a;b', ' '] }),
  'hostile-empty': () => ({ firstName: '', lastName: '', email: '', ownerOrganization: undefined }),
  'hostile-extra': () => ({
    _col0: 'zero',
    EMAIL: 'capitals@example.com',
    dt: '1999-01-01',
    nested: { id: JSON.rawJSON('12345678901234567890'), price: JSON.rawJSON('1.10') },
  }),
  'Id with "signs", é and 😀': () => ({}),
  CASE: () => ({ firstName: 'Capitals' }),
  case: () => ({ firstName: 'Small' }),
};

/** The account on the n-th day. */
export function accountOn(n: number, at: Date): Account {
  const users = Object.entries(PEOPLE).flatMap(([id, person]) => {
    const fields = person(n, at.getTime());
    return fields ? [userOf(id, fields, at.getTime())] : [];
  });
  const twice = users.slice(0, 2); // the response repeats them; each is published once
  return { users: [...users, ...twice], groups: from(45, 46)(n) ? undefined : groupsOn(n) };
}

const userOf = (id: string, fields: Fields, at: number): AccountUser => ({
  _id: id,
  createdAt: '2022-06-01T08:00:00.000Z',
  firstName: 'First',
  lastName: `Last ${id}`,
  email: `${id}@example.com`,
  roles: [USER],
  disabled: false,
  ownerOrganization: 'organization',
  groups: [],
  defaultGroup: '',
  lastActive: before(at, 1),
  ...fields,
});

const groupsOn = (n: number): AccountGroup[] => [
  { id: 'g-sales', name: 'Sales, "EMEA"', created: '2022-01-01T00:00:00.000Z' },
  { id: 'g-ops', name: n < 52 ? 'Operations' : 'Ops \u202e 運用', created: '2022-01-01T00:00:00.000Z' },
  { id: 'g-empty', name: '', created: '2022-01-01T00:00:00.000Z' },
];
