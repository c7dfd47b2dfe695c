/** The accounts of one snapshot, as far as decisions are judged by them. Change feeds turn them into the accounts of the next one. */
import * as z from 'zod';
import type { Change } from '../changes/change.ts';
import { StoreError } from '../errors.ts';
import { USER_ROW, type User } from '../user.ts';
import { isAdministrator } from '../user-state.ts';
import { accountKey } from './account-address.ts';
import type { Review } from './review-document.ts';

export interface Account {
  readonly id: string;
  readonly email: string | null;
  /** Null if unknown. */
  readonly disabled: boolean | null;
  /** Null if unknown. */
  readonly is_admin: boolean | null;
}

export const accountOf = (user: User): Account => ({
  id: user.id,
  email: user.email,
  disabled: user.disabled,
  is_admin: user.roles === null ? null : isAdministrator(user),
});

export class Accounts {
  readonly #byId = new Map<string, Account>();
  readonly #byAddress = new Map<string, Set<string>>();

  get(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  /** Every account with this address, however it is spelled. @param key as accountKey returns it */
  withAddress(key: string): Account[] {
    return [...(this.#byAddress.get(key) ?? [])].flatMap((id) => this.#byId.get(id) ?? []);
  }

  values(): Iterable<Account> {
    return this.#byId.values();
  }

  set(account: Account): void {
    const before = this.#byId.get(account.id);
    if (before && before.email !== account.email) this.delete(account.id);
    this.#byId.set(account.id, account);
    if (before?.email === account.email) return;
    const key = accountKey(account.email);
    if (key === null) return;
    const ids = this.#byAddress.get(key);
    if (ids) ids.add(account.id);
    else this.#byAddress.set(key, new Set([account.id]));
  }

  delete(id: string): void {
    const key = accountKey(this.#byId.get(id)?.email ?? null);
    this.#byId.delete(id);
    if (key !== null) this.#byAddress.get(key)?.delete(id);
  }

  /** @throws StoreError if the feed's line doesn't follow its format */
  apply(change: Change): void {
    const account = this.get(change.id);
    if (change.change === 'joined') this.set(accountOf(parsed(USER_ROW, change)));
    else if (change.change === 'left') this.delete(change.id);
    else if (account) {
      const effect = effectOf(change);
      if (effect) this.set({ ...account, ...effect });
    }
  }
}

/** The accounts of the review's own snapshot, as its rows show them. A row doesn't say whether an active user's status was unknown. */
export function reviewedAccounts({ rows }: Review): Accounts {
  const accounts = new Accounts();
  for (const { id, email, state, roles, is_admin } of rows)
    accounts.set({ id, email, is_admin: roles === null ? null : is_admin, disabled: state === 'disabled' });
  return accounts;
}

/** Undefined for changes of what no decision is judged by, which are most. */
function effectOf(change: Change): Partial<Account> | undefined {
  switch (change.change) {
    case 'disabled':
      return { disabled: true };
    case 'enabled':
      return { disabled: false };
    case 'admin_granted':
      return { is_admin: true };
    case 'admin_revoked':
      return { is_admin: false };
    case 'email_changed':
      return { email: parsed(z.string().nullable(), change) };
    default:
      return undefined;
  }
}

/** What a line says that a value is now. Its JSON has already been checked. */
function parsed<T>(schema: z.ZodType<T>, { dt, change, after }: Change): T {
  const { data } = schema.safeParse(after === null ? null : JSON.parse(after));
  if (data === undefined)
    throw new StoreError(`the changes of ${dt} have a line ${change} without its value. Run verify`);
  return data;
}
