import { hash } from 'node:crypto';
import { nameOf } from './people.ts';

/** A user as `GET /api/v2/users` answers it; `lastActive` is absent when the user was never active. */
export interface SampleUser {
  readonly _id: string;
  readonly createdAt: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly ownerOrganization: string;
  readonly groups: readonly string[];
  readonly defaultGroup: string;
  readonly lastActive?: string;
}

const [HOUR, DAY] = [3_600_000, 86_400_000];
/** Time is counted in workdays, five a week, from this Monday on: nothing happens at weekends. */
const BEGINNING = Date.parse('0001-01-01T00:00:00Z') / DAY;

/**
 * For how many weeks users stay. Two join each week, k = 2 × week and 2 × week + 1. Multiples of four weeks, so that two leave
 * in each week too; 160 on average, so that 320 are there.
 */
const STAYS = [104, 8, 208, 24, 312, 52, 416, 156] as const;
const LONGEST_STAY = 416;
const WITHDRAWN = 8; // an invitation that nobody took up
/** For how many workdays the accounts of even numbers, who stay long, are disabled before they are deleted. */
const NOTICE = 60;
const DEPARTMENT_NAMES = [
  'Analytics',
  'Engineering',
  'Finance',
  'Marketing',
  'Operations',
  'Product',
  'Sales',
  'Support',
] as const;
const GUILD_NAMES = ['Alerting guild', 'Dashboards guild', 'Data quality guild', 'On call'] as const;
const PROJECT_NAMES = ['Billing migration', 'Churn model', 'Cloud costs', 'Launch watch', 'Mobile release'] as const;
const DEPARTMENTS = DEPARTMENT_NAMES.length;
/** One is active once in so many workdays. */
const RHYTHMS = [1, 1, 1, 1, 1, 2, 2, 3, 5, 10, 20] as const;
/** Each week each lot falls to someone: what follows, how many weeks later, and on which weekday or one of the next two. */
const EVENTS = [
  ['absence', 'disabled', 0, 0],
  ['absence', 'enabled', 7, 2],
  ['deputy', 'granted', 0, 1],
  ['deputy', 'revoked', 6, 0],
  ['project', 'lent', 0, 2],
  ['project', 'returned', 12, 1],
  ['transfer', 'transferred', 0, 2],
  ['marriage', 'renamed', 0, 0],
  ['marriage', 'readdressed', 1, 1],
] as const;
type Lot = (typeof EVENTS)[number][0];
/** The workdays on which an event has befallen a user so far. */
type Life = (event: (typeof EVENTS)[number][1]) => readonly number[];

/**
 * The users of an invented account as of 00:00 UTC of a day, oldest first: the same for any moment of that UTC date, and from
 * day to day as a company changes. In any nine nights each kind of change happens at least once.
 */
export function sampleUsers(day: Date): SampleUser[] {
  const elapsed = Math.floor(day.getTime() / DAY) - BEGINNING - 1;
  const today = 5 * Math.floor(elapsed / 7) + Math.min(elapsed % 7, 4); // the last workday that is over
  const thisWeek = Math.floor(today / 5);
  const history = new Map<string, number[]>();
  for (let week = thisWeek - LONGEST_STAY; week <= thisWeek; week++) {
    for (const [lot, event, later, weekday] of EVENTS) {
      const workday = workdayOf(event, week + later, weekday);
      const key = `${event} ${drawnByLot(lot, week)}`;
      if (workday <= today) history.set(key, [...(history.get(key) ?? []), workday]);
    }
  }
  const users: SampleUser[] = [];
  for (let k = 2 * (thisWeek - LONGEST_STAY); k < 2 * (thisWeek + 1); k++) {
    const life: Life = (event) => history.get(`${event} ${k}`) ?? [];
    if (joinedOn(k) <= today && today < leavesOn(k)) users.push(sampleUser(k, life, today));
  }
  return users.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

/** A group as `GET /api/v2/groups` answers it. */
export interface SampleGroup {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly modified: string;
}

/** The groups of the account, the same on every day. */
export function sampleGroups(): SampleGroup[] {
  const created = '2019-03-04T09:00:00.000Z';
  const group = (kind: string) => (name: string, n: number) => ({
    id: hexId(kind, n),
    name,
    created,
    modified: created,
  });
  return [
    ...DEPARTMENT_NAMES.map(group('department')),
    ...GUILD_NAMES.map(group('guild')),
    ...PROJECT_NAMES.map(group('project')),
  ];
}

function sampleUser(k: number, life: Life, today: number): SampleUser {
  const createdAt = momentOn(joinedOn(k), 'created', k);
  const department = (departmentOf(k) + life('transferred').length) % DEPARTMENTS;
  const home = departmentOf(k) === DEPARTMENTS ? [] : [hexId('department', department)];
  const guild = draw(3, 'in a guild', k) === 0 ? [hexId('guild', draw(GUILD_NAMES.length, 'guild', k))] : [];
  const project =
    life('lent').length > life('returned').length ? [hexId('project', draw(PROJECT_NAMES.length, 'project', k))] : [];
  const role = rankOf(k) === 'reader' ? 'customer-read-only' : 'customer-user';
  const administrator = rankOf(k) === 'administrator' || life('granted').length > life('revoked').length;
  const { first, last } = nameOf(k, life('renamed').length);
  const active = lastActiveOn(k, life, today);
  return {
    _id: ((Date.parse(createdAt) / 1000) >>> 0).toString(16).padStart(8, '0') + hexId('user', k).slice(8),
    createdAt,
    firstName: first,
    lastName: last,
    email: `${nameOf(k, life('readdressed').length).address}@example.com`,
    roles: administrator ? [role, 'customer-admin'] : [role],
    disabled: closedOn(k) <= today || life('disabled').length > life('enabled').length,
    ownerOrganization: hexId('organization'),
    groups: [...home, ...guild, ...project],
    defaultGroup: home[0] ?? '',
    ...(active > joinedOn(k) && { lastActive: momentOn(active, 'active', k) }),
  };
}

/** The last workday on which someone was active; one up to their first when they never were. */
function lastActiveOn(k: number, life: Life, today: number): number {
  const rhythm = RHYTHMS[draw(RHYTHMS.length, 'rhythm', k)] ?? 1;
  const activeIn = (period: number) => period * rhythm + draw(rhythm, 'active', k, period);
  const activeUntil = (workday: number) => {
    const period = Math.floor(workday / rhythm);
    return activeIn(period) <= workday ? activeIn(period) : activeIn(period - 1);
  };
  const active = activeUntil(Math.min(today, quietFrom(k) - 1, closedOn(k) - 1));
  const absentFrom = life('disabled').at(-1) ?? Infinity;
  const absentUntil = life('enabled')[life('disabled').length - 1] ?? Infinity;
  return absentFrom <= active && active < absentUntil ? activeUntil(absentFrom - 1) : active;
}

/**
 * Whom a week's lot falls to: someone who joined a multiple of thirteen weeks ago and stays for half a year more. So nobody
 * meets with a lot again before all that followed from the last one, within twelve weeks, is over.
 */
function drawnByLot(lot: Lot, week: number): number | undefined {
  const lots = 60; // the longest stay but half a year has thirty times thirteen weeks, and two join a week
  const first = draw(lots, lot, week);
  for (let i = first; i < first + lots; i++) {
    const k = 2 * (week - 13 * (1 + Math.floor((i % lots) / 2))) + (i % 2);
    if (lastWeekOf(k) >= week + 26 && suits(lot, k)) return k;
  }
  return undefined;
}

const suits = (lot: Lot, k: number): boolean =>
  lot === 'deputy' ? rankOf(k) === 'user' : lot !== 'transfer' || departmentOf(k) < DEPARTMENTS;

/** One of three weekdays, `weekday` the first: what happens once a week happens once in any nine days. */
const workdayOf = (what: string, week: number, weekday: number): number => 5 * week + weekday + draw(3, what, week);

const stayOf = (k: number): number => STAYS[k % STAYS.length] ?? LONGEST_STAY;
const joinedOn = (k: number): number => workdayOf(`joined ${k % 2}`, Math.floor(k / 2), k % 2);
const lastWeekOf = (k: number): number => Math.floor(k / 2) + stayOf(k);
/** Even numbers leave from Monday to Wednesday, odd ones after that: never two on one day. */
const leavesOn = (k: number): number =>
  k % 2 === 0 ? workdayOf('left', lastWeekOf(k), 0) : 5 * lastWeekOf(k) + 3 + draw(2, 'left', k);
const closedOn = (k: number): number => leavesOn(k) - (k % 2 === 0 ? NOTICE : 0);

/** What has to be true of a steady part of the users comes to them by turns, among those who stay equally long. */
const turnOf = (k: number): number => Math.floor(k / STAYS.length) + 11 * (k % STAYS.length);
const rankOf = (k: number): 'administrator' | 'reader' | 'user' =>
  turnOf(k) % 31 === 0 ? 'administrator' : turnOf(k) % 31 === 16 ? 'reader' : 'user';
/** A third goes quiet after some tenths of their stay; after none means never active. */
const quietFrom = (k: number): number => {
  if (turnOf(k) % 3 !== 0 && stayOf(k) !== WITHDRAWN) return Infinity;
  const tenths = stayOf(k) === WITHDRAWN ? 0 : Math.floor(turnOf(k) / 3) % 10;
  return joinedOn(k) + Math.floor((5 * stayOf(k) * tenths) / 10);
};
/** `DEPARTMENTS` for those who belong to none. */
const departmentOf = (k: number): number => draw(DEPARTMENTS + 1, 'department', k);

const momentOn = (workday: number, ...what: readonly (string | number)[]): string => {
  const day = BEGINNING + 7 * Math.floor(workday / 5) + (workday % 5);
  return new Date(day * DAY + 7 * HOUR + draw(11 * HOUR, ...what, workday)).toISOString();
};

/** A number below `below`, or 24 hex digits, that the key alone decides. */
const draw = (below: number, ...key: readonly (string | number)[]): number =>
  Number.parseInt(hexId(...key).slice(-12), 16) % below;
const hexId = (...key: readonly (string | number)[]): string => hash('sha256', key.join(' ')).slice(0, 24);
