/** The sample account as Anodot's API returns it on any day. */
import { DAY_MILLISECONDS } from '../../snapshot/utc-day.ts';
import { hexId, type Member, membersAfter, numberOf } from './days.ts';
import { GROUPS } from './people.ts';

/** A user as `GET /api/v2/users` returns it. `lastActive` is absent if the user was never active. */
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

/** A group as `GET /api/v2/groups` returns it. */
export interface SampleGroup {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly modified: string;
}

const HOUR = 3_600_000;

/**
 * The users as of 00:00 UTC, oldest first: the same at any moment of a UTC date. Users who were created later are left out. From
 * November 2025 on, the account is complete.
 */
export const sampleUsers = (now: Date): SampleUser[] =>
  membersAfter(Math.floor(now.getTime() / DAY_MILLISECONDS) - 1)
    .sort((a, b) => a.created - b.created)
    .map(userOf);

/** The groups, the same on every day. */
export function sampleGroups(): SampleGroup[] {
  const created = '2016-05-09T09:00:00.000Z';
  return GROUPS.map((name) => ({ id: hexId(name), name, created, modified: created }));
}

function userOf({ id, person, created, lastActive }: Member): SampleUser {
  const groups = person.groups.map((name) => hexId(name));
  return {
    _id: id,
    createdAt: momentOn(created, id),
    firstName: person.first,
    lastName: person.last,
    email: `${person.address}@example.com`,
    roles: person.admin ? [person.role, 'customer-admin'] : [person.role],
    disabled: person.disabled,
    ownerOrganization: hexId('organization'),
    groups,
    defaultGroup: groups[0] ?? '',
    ...(lastActive !== null && { lastActive: momentOn(lastActive, id) }),
  };
}

/** In working hours, at a time that differs by person and day. */
const momentOn = (day: number, id: string): string =>
  new Date(day * DAY_MILLISECONDS + 7 * HOUR + numberOf(11 * HOUR, id, day)).toISOString();
