/**
 * What happens in the sample account day by day. Events repeat every 28 days, and each is undone within its cycle, so every day follows
 * from the one before. Any 30 days in a row show every kind of change. Any seven show that somebody joined, left, or became or ceased
 * to be an administrator.
 */

import { hash } from 'node:crypto';
import { DAY_MILLISECONDS } from '../../snapshot/utc-day.ts';
import { EMPLOYEES, type Person, type Post, type Rhythm, visitor } from './people.ts';

type Event =
  | { readonly who: string; readonly becomes: Partial<Person> }
  | { readonly joins: Post }
  | { readonly leaves: Post };

const CYCLE = 28;
/** By day of the cycle. Day 0 is a Monday, and weekends are quiet. `who` is the address in people.ts. */
const EVENTS: { readonly [day: number]: readonly Event[] } = {
  0: [{ who: 'mateo.penaortiz', becomes: { disabled: true } }],
  1: [{ who: 'deepika.chopra', becomes: { groups: ['Analytics', 'Billing migration', 'Churn model'] } }],
  2: [{ who: 'oluwaseun.adeyemi', becomes: { first: 'Ṣeun' } }],
  3: [
    { who: 'chloe.lefevre', becomes: { address: 'c.lefevre' } },
    { who: 'eleni.papadopoulou', becomes: { admin: true } },
  ],
  4: [{ who: 'nikhil.dsouza', becomes: { groups: ['On call', 'Support'] } }],
  7: [{ who: 'marcus.king', becomes: { role: 'customer-user' } }],
  8: [{ leaves: 'contractor' }, { who: 'mateo.penaortiz', becomes: { disabled: false } }],
  9: [{ joins: 'contractor' }, { who: 'thandiwe.nkosi', becomes: { admin: false } }],
  10: [
    { who: 'kwame.mensah', becomes: { admin: true } },
    { who: 'yusuf.mansour', becomes: { groups: ['Engineering', 'Mobile release', 'Launch watch'] } },
  ],
  11: [{ who: 'kavya.sharma', becomes: { address: 'k.sharma' } }],
  14: [
    { who: 'haoran.liu', becomes: { disabled: true } },
    { who: 'eleni.papadopoulou', becomes: { admin: false } },
  ],
  15: [{ who: 'deepika.chopra', becomes: { groups: ['Analytics', 'Billing migration'] } }],
  16: [{ who: 'oluwaseun.adeyemi', becomes: { first: 'Olúwaṣeun' } }],
  17: [{ who: 'chloe.lefevre', becomes: { address: 'chloe.lefevre' } }],
  18: [{ leaves: 'auditor' }, { who: 'nikhil.dsouza', becomes: { groups: ['Support', 'On call'] } }],
  21: [{ joins: 'auditor' }, { who: 'marcus.king', becomes: { role: 'customer-read-only' } }],
  22: [
    { who: 'thandiwe.nkosi', becomes: { admin: true } },
    { who: 'haoran.liu', becomes: { disabled: false } },
  ],
  23: [{ who: 'yusuf.mansour', becomes: { groups: ['Engineering', 'Mobile release'] } }],
  24: [{ who: 'kwame.mensah', becomes: { admin: false } }],
  25: [{ who: 'kavya.sharma', becomes: { address: 'kavya.sharma' } }],
};

export interface Member {
  /** Begins with the time of creation, like Anodot's ids. It never changes. */
  readonly id: string;
  readonly person: Person;
  /** Days are counted from 1 January 1970. */
  readonly created: number;
  readonly lastActive: number | null;
}

const dayOf = (dt: string): number => Date.parse(dt) / DAY_MILLISECONDS;
/** The first day of a cycle. */
export const FIRST_DAY = dayOf('2026-01-05');
export const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** Everybody at the end of a day, replayed from the start of the previous cycle: in one cycle every visitor arrives and everybody signs in. */
export function membersAfter(day: number): Member[] {
  const start = day - modulo(day - FIRST_DAY, CYCLE) - CYCLE;
  const members = new Map(EMPLOYEES.map((person) => [person.address, memberOf(person, dayOf(person.created), start)]));
  for (let today = start; today <= day; today++) {
    for (const event of EVENTS[modulo(today - FIRST_DAY, CYCLE)] ?? []) apply(event, members, today);
    for (const [key, member] of members) if (signsIn(member, today)) members.set(key, { ...member, lastActive: today });
  }
  return [...members.values()].filter(({ created }) => created <= day);
}

function memberOf(person: Person, created: number, start: number): Member {
  const quiet = person.quietAfter === null ? Number.POSITIVE_INFINITY : dayOf(person.quietAfter);
  return { id: objectId(person.address, created), person, created, lastActive: quiet < start ? quiet : null };
}

function apply(event: Event, members: Map<string, Member>, day: number): void {
  if ('leaves' in event) members.delete(event.leaves);
  else if ('joins' in event)
    members.set(event.joins, memberOf(visitor(event.joins, Math.floor((day - FIRST_DAY) / CYCLE)), day, day));
  else {
    const member = members.get(event.who);
    if (!member) throw new Error(`nobody in people.ts is ${event.who}`);
    members.set(event.who, { ...member, person: { ...member.person, ...event.becomes } });
  }
}

function signsIn({ id, person, created }: Member, day: number): boolean {
  if (day <= created || person.disabled || modulo(day - FIRST_DAY, 7) > 4) return false;
  const quiet = person.quietAfter === null ? Number.POSITIVE_INFINITY : dayOf(person.quietAfter);
  return day === quiet || (day < quiet && IS_DUE[person.rhythm](id, modulo(day - FIRST_DAY, CYCLE)));
}

/** Whether someone signs in on a working day of the cycle. A person always has the same day of the week or of the cycle. */
const IS_DUE: { readonly [rhythm in Rhythm]: (id: string, dayOfCycle: number) => boolean } = {
  daily: () => true,
  weekly: (id, day) => day % 7 === lotOf(id) % 5,
  monthly: (id, day) => day === 7 * (lotOf(id) % 4) + (lotOf(id) % 5),
  never: () => false,
};

const lotOf = (id: string): number => Number.parseInt(id.slice(-8), 16);

const objectId = (address: string, created: number): string =>
  ((created * DAY_MILLISECONDS) / 1000).toString(16).padStart(8, '0') + hexId(address, created).slice(8);

/** 24 hex digits, derived from the key. */
export const hexId = (...key: readonly (string | number)[]): string => hash('sha256', key.join(' ')).slice(0, 24);
/** A number less than `limit`, derived from the key. */
export const numberOf = (limit: number, ...key: readonly (string | number)[]): number =>
  Number.parseInt(hexId(...key).slice(-12), 16) % limit;
