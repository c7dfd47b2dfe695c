/** Decides from the accounts of one snapshot whether a decision is carried out. An unknown value never proves that it is. */
import { accountKey } from './account-address.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Decision, DecisionKind } from './decision.ts';
import type { Reason } from './outcome-document.ts';
import type { ReviewRow } from './review-document.ts';

/** A user whose access is to end. */
export interface Target {
  readonly id: string;
  readonly decision: Exclude<DecisionKind, 'keep'>;
  /** Keys of all addresses that the user has had since the review. A new account with any of them may be the same person. */
  readonly addresses: Set<string>;
}

/** Undefined if nothing is to be carried out. */
export function targetOf({ id, email }: Pick<ReviewRow, 'id' | 'email'>, { decision }: Decision): Target | undefined {
  if (decision === 'keep') return undefined;
  const target: Target = { id, decision, addresses: new Set() };
  addAddress(target, email);
  return target;
}

export function addAddress({ addresses }: Target, email: string | null): void {
  const key = accountKey(email);
  if (key !== null) addresses.add(key);
}

export interface Obstacle {
  readonly reason: Reason;
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

/** `revoke`: the user is gone or disabled, and no active user has one of the addresses. */
function accessOf(target: Target, accounts: Accounts): Obstacle | undefined {
  const account = accounts.get(target.id);
  if (account?.disabled === false) return { reason: 'still_active', other_ids: [] };
  if (account?.disabled === null) return { reason: 'disabled_unknown', other_ids: [] };
  const others = othersWith(target, accounts);
  return (
    among('address_in_use', others, ({ disabled }) => disabled === false) ??
    among('address_use_unknown', others, ({ disabled }) => disabled === null)
  );
}

/** `revoke-admin`: the user isn't an administrator, and nobody who joined with one of the addresses since the review is one. */
function adminAccessOf(target: Target, accounts: Accounts, isReviewed: (id: string) => boolean): Obstacle | undefined {
  const account = accounts.get(target.id);
  if (account?.is_admin === true) return { reason: 'still_administrator', other_ids: [] };
  if (account?.is_admin === null) return { reason: 'roles_unknown', other_ids: [] };
  const others = othersWith(target, accounts).filter((other) => other.disabled !== true && !isReviewed(other.id));
  return (
    among('address_is_administrator', others, ({ is_admin }) => is_admin === true) ??
    among('address_roles_unknown', others, ({ is_admin }) => is_admin === null)
  );
}

const othersWith = ({ id, addresses }: Target, accounts: Accounts): Account[] =>
  [...addresses].flatMap((key) => accounts.withAddress(key)).filter((other) => other.id !== id);

/** What a snapshot doesn't say about a user to keep. Null if it says all, or doesn't have the user. */
export function unknownOf(account: Account | undefined): Reason | null {
  if (account?.disabled === null) return 'disabled_unknown';
  return account?.is_admin === null ? 'roles_unknown' : null;
}

function among(
  reason: Reason,
  accounts: readonly Account[],
  counts: (account: Account) => boolean,
): Obstacle | undefined {
  const ids = accounts.filter(counts).map(({ id }) => id);
  return ids.length === 0 ? undefined : { reason, other_ids: ids.sort() };
}
