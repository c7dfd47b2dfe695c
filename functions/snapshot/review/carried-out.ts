/** Decides from the accounts of one snapshot whether a decision is carried out. An unknown value never proves that it is. */
import type { Account, Accounts } from './accounts.ts';
import type { DecisionKind } from './decision.ts';
import type { OpenReason } from './outcome-document.ts';

/** A user whose access is to end. */
export interface Target {
  readonly id: string;
  readonly email: string | null;
  readonly decision: Exclude<DecisionKind, 'keep'>;
}

export interface Obstacle {
  readonly reason: OpenReason;
  /** Ids of the other users that keep the decision open. */
  readonly other_ids: readonly string[];
}

/**
 * What stands against a decision. Undefined if it is carried out.
 * @param isReviewed whether the review has a row for this id
 */
export const obstacleOf = (
  target: Target,
  accounts: Accounts,
  isReviewed: (id: string) => boolean,
): Obstacle | undefined =>
  target.decision === 'revoke' ? accessOf(target, accounts) : adminAccessOf(target, accounts, isReviewed);

/** `revoke`: the user is gone or disabled, and no active user has the address. */
function accessOf({ id, email }: Target, accounts: Accounts): Obstacle | undefined {
  const account = accounts.get(id);
  if (account?.disabled === false) return { reason: 'still_active', other_ids: [] };
  if (account?.disabled === null) return { reason: 'disabled_unknown', other_ids: [] };
  const others = othersWith(email, id, accounts);
  return (
    among('address_in_use', others, ({ disabled }) => disabled === false) ??
    among('address_use_unknown', others, ({ disabled }) => disabled === null)
  );
}

/** `revoke-admin`: the user isn't an administrator, and nobody who joined with the address since the review is one. */
function adminAccessOf(
  { id, email }: Target,
  accounts: Accounts,
  isReviewed: (id: string) => boolean,
): Obstacle | undefined {
  const account = accounts.get(id);
  if (account?.is_admin === true) return { reason: 'still_administrator', other_ids: [] };
  if (account?.is_admin === null) return { reason: 'roles_unknown', other_ids: [] };
  const others = othersWith(email, id, accounts).filter((other) => other.disabled !== true && !isReviewed(other.id));
  return (
    among('address_is_administrator', others, ({ is_admin }) => is_admin === true) ??
    among('address_roles_unknown', others, ({ is_admin }) => is_admin === null)
  );
}

const othersWith = (email: string | null, id: string, accounts: Accounts): Account[] =>
  accounts.withAddress(email).filter((other) => other.id !== id);

function among(
  reason: OpenReason,
  accounts: readonly Account[],
  counts: (account: Account) => boolean,
): Obstacle | undefined {
  const ids = accounts.filter(counts).map(({ id }) => id);
  return ids.length === 0 ? undefined : { reason, other_ids: ids.sort() };
}
