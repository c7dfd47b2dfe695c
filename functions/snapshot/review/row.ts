/** Makes the row of a user. Columns that the view access_review has too have the same values. */

import { sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { USER_ROW, type User } from '../user.ts';
import { isAdministrator, isDormant, quietDaysOf, stateOf } from '../user-state.ts';
import type { Past } from './past.ts';
import type { ReviewRow } from './review-document.ts';

/** A user, and the hash of its stored line. */
export interface HashedUser {
  readonly user: User;
  readonly sha256: string;
}

export const hashedUser = (line: string): HashedUser => ({
  user: USER_ROW.parse(JSON.parse(line)),
  sha256: sha256Of(Buffer.from(line)),
});

/** What is known about a user besides its line. */
export interface Knowledge {
  readonly manifest: Manifest;
  readonly past: Past;
  /** Names of groups by id. A group without one is shown by its id. */
  readonly groupNames: ReadonlyMap<string, string>;
  readonly dormantDays: number;
  readonly changed_since: string | null;
  readonly is_on_people_list: boolean | null;
  readonly exception: string | null;
}

/** What the line of a user and its day determine. */
export function factsOf({ user, sha256 }: HashedUser, { observed_at }: Manifest, dormantDays: number) {
  const observedAt = Date.parse(observed_at);
  const { id, email, first_name, last_name, created_at, last_active } = user;
  return {
    ...{ sha256, id, email, first_name, last_name },
    state: stateOf(user, observedAt),
    is_admin: isAdministrator(user),
    roles: user.roles?.join(', ') ?? null,
    ...{ created_at, last_active, quiet_days: quietDaysOf(user, observedAt) },
    is_dormant: isDormant(user, dormantDays, observedAt),
  } satisfies Partial<ReviewRow>;
}

export function rowOf(hashed: HashedUser, row: number, known: Knowledge): ReviewRow {
  const { past, groupNames, manifest, dormantDays } = known;
  const { groups } = hashed.user;
  const facts = factsOf(hashed, manifest, dormantDays);
  return {
    ...{ row, dt: manifest.dt },
    ...facts,
    admin_since: facts.is_admin ? past.role_dt : null,
    group_names: groups?.map((group) => groupNames.get(group) ?? group).join(', ') ?? null,
    first_dt: past.first_dt,
    changed_dt: past.changed_dt,
    changes: past.kinds && kindsText(past.kinds),
    changed_since: known.changed_since,
    is_on_people_list: known.is_on_people_list,
    exception: known.exception,
  };
}

export const kindsText = (kinds: ReadonlySet<string>): string => [...kinds].sort().join(', ');

/** Administrators first, then by address and id. A user without an address comes after those with one. */
export function inReviewOrder({ user: a }: HashedUser, { user: b }: HashedUser): number {
  const byRole = Number(isAdministrator(b)) - Number(isAdministrator(a));
  return byRole || compare(a.email, b.email) || compare(a.id, b.id);
}

/** By UTF-16 code units, so that the order is the same on every machine. Null comes last. */
function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
