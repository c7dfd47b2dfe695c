import type { AccountUser } from './account.ts';
import type { PublishedDay } from './history.ts';

const ADMIN = 'customer-admin';

/** The fields of a change that the views use. */
export interface ExpectedChange {
  readonly id: string;
  readonly change: string;
}

/** The changes between two responses, as the data contract defines them. */
export function changesBetween(earlier: PublishedDay, later: PublishedDay): ExpectedChange[] {
  const [old, young] = [earlier, later].map(({ account }) => new Map(account.users.map((user) => [user._id, user])));
  const ids = new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])]);
  return [...ids].flatMap((id) => kindsOf(old?.get(id), young?.get(id)).map((change) => ({ id, change })));
}

function kindsOf(before: AccountUser | undefined, after: AccountUser | undefined): string[] {
  if (!before) return ['joined', ...(after?.roles?.includes(ADMIN) ? ['admin_granted'] : [])];
  if (!after) return ['left', ...(before.roles?.includes(ADMIN) ? ['admin_revoked'] : [])];
  const differs = (...fields: string[]) => fields.some((field) => before[field] !== after[field]);
  const roleKind = (role: string, granted: boolean) =>
    role === ADMIN ? (granted ? 'admin_granted' : 'admin_revoked') : granted ? 'role_added' : 'role_removed';
  const mayBeNew = !before.roles && after.roles?.includes(ADMIN);
  const roles = before.roles && after.roles ? { before: before.roles, after: after.roles } : undefined;
  const isSaid = before.disabled !== undefined && after.disabled !== undefined;
  return [
    ...(mayBeNew ? ['admin_granted'] : []),
    ...missingIn(roles?.after, roles?.before).map((role) => roleKind(role, true)),
    ...missingIn(roles?.before, roles?.after).map((role) => roleKind(role, false)),
    ...missingIn(after.groups, before.groups).map(() => 'group_added'),
    ...missingIn(before.groups, after.groups).map(() => 'group_removed'),
    ...(isSaid && differs('disabled') ? [after.disabled ? 'disabled' : 'enabled'] : []),
    ...(differs('defaultGroup') ? ['default_group_changed'] : []),
    ...(differs('email') ? ['email_changed'] : []),
    ...(differs('firstName', 'lastName') ? ['name_changed'] : []),
  ];
}

/** The members of the first list that the second lacks. */
const missingIn = (list: readonly string[] = [], other: readonly string[] = []): string[] =>
  [...new Set(list)].filter((member) => !other.includes(member));
