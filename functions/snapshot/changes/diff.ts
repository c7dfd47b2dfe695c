/** Decides what changed about one user between two snapshots. */
import { ADMIN_ROLE, type ChangeKind } from '../contract.ts';
import type { User } from '../user.ts';
import { isAdministrator } from '../user-state.ts';

/** One thing that changed about a user. `before` and `after` are JSON texts, null if there was no value. */
export interface Difference {
  readonly change: ChangeKind;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Roles and groups compare as sets, with one difference for each member. `last_active` never counts. If roles, groups or `disabled` are
 * unknown on one side, they count as unchanged. One exception: an administrator whose earlier roles are unknown counts as granted.
 * @param before undefined for a user who joined
 * @param after undefined for a user who left
 */
export function differences(before: User | undefined, after: User | undefined): Difference[] {
  if (before && after) return changed(before, after);
  const admin = isAdmin(before ?? after);
  if (after) {
    const joined = { change: 'joined', before: null, after: JSON.stringify(after) } as const;
    return admin ? [joined, ADMIN_GRANTED] : [joined];
  }
  const left = { change: 'left', before: JSON.stringify(before), after: null } as const;
  return admin ? [left, ADMIN_REVOKED] : [left];
}

const ADMIN = JSON.stringify(ADMIN_ROLE);
const ADMIN_GRANTED: Difference = { change: 'admin_granted', before: null, after: ADMIN };
const ADMIN_REVOKED: Difference = { change: 'admin_revoked', before: ADMIN, after: null };

const isAdmin = (user: User | undefined): boolean => user !== undefined && isAdministrator(user);

function changed(before: User, after: User): Difference[] {
  const found: Difference[] = [...roleDifferences(before, after), ...groupDifferences(before, after)];
  const compare = (change: ChangeKind, previous: unknown, current: unknown) => {
    if (previous === current) return; // the usual case
    const texts = { before: jsonText(previous), after: jsonText(current) };
    if (texts.before !== texts.after) found.push({ change, ...texts });
  };
  if (before.disabled !== null && after.disabled !== null)
    compare(after.disabled ? 'disabled' : 'enabled', before.disabled, after.disabled);
  compare('default_group_changed', before.default_group, after.default_group);
  compare('email_changed', before.email, after.email);
  if (before.first_name !== after.first_name || before.last_name !== after.last_name)
    compare('name_changed', nameOf(before), nameOf(after));
  return found;
}

const jsonText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const nameOf = ({ first_name, last_name }: User) => ({ first_name, last_name });

function roleDifferences(before: User, after: User): Difference[] {
  if (!after.roles) return [];
  if (!before.roles) return isAdmin(after) ? [ADMIN_GRANTED] : [];
  return setDifferences(before.roles, after.roles, (role, added) =>
    role === ADMIN_ROLE ? (added ? 'admin_granted' : 'admin_revoked') : added ? 'role_added' : 'role_removed',
  );
}

const groupDifferences = (before: User, after: User): Difference[] =>
  before.groups && after.groups
    ? setDifferences(before.groups, after.groups, (_, added) => (added ? 'group_added' : 'group_removed'))
    : [];

function setDifferences(
  before: readonly string[],
  after: readonly string[],
  kind: (member: string, added: boolean) => ChangeKind,
): Difference[] {
  if (before.length === after.length && before.every((member, i) => member === after[i])) return []; // the usual case
  const [previous, current] = [new Set(before), new Set(after)];
  return [
    ...[...previous.difference(current)].map((member) => ({
      change: kind(member, false),
      before: JSON.stringify(member),
      after: null,
    })),
    ...[...current.difference(previous)].map((member) => ({
      change: kind(member, true),
      before: null,
      after: JSON.stringify(member),
    })),
  ];
}
