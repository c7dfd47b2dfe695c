/** Matches the exceptions of a review with the users of an account, by id or by address. */
import type { User } from '../user.ts';
import { addressKey } from './addresses.ts';
import { type ExceptionEntry, type ExceptionList, keyOf } from './exceptions.ts';

export class ExceptionMatcher {
  readonly #list: ExceptionList | undefined;
  readonly #byKey: ReadonlyMap<string, ExceptionEntry>;
  readonly #matched = new Set<ExceptionEntry>();

  constructor(list: ExceptionList | undefined) {
    this.#list = list;
    this.#byKey = new Map(list?.entries.map((entry) => [keyOf(entry.user), entry]));
  }

  /** Null if the user is no exception. Two different reasons are joined, if both its id and its address are listed. */
  reasonOf({ id, email }: Pick<User, 'id' | 'email'>): string | null {
    const keys = [id, keyOf(id), ...(email === null ? [] : [addressKey(email)])];
    const entries = new Set(keys.flatMap((key) => this.#byKey.get(key) ?? []));
    for (const entry of entries) this.#matched.add(entry);
    const reasons = new Set(entries.values().map(({ reason }) => reason));
    return reasons.size === 0 ? null : [...reasons].join('; ');
  }

  /** Call it after every user has been looked up. */
  unmatched(): ExceptionEntry[] {
    return this.#list?.entries.filter((entry) => !this.#matched.has(entry)) ?? [];
  }

  notes(): string[] {
    return this.unmatched().map(({ line }) => `${this.#list?.file}, line ${line} matches no user`);
  }
}
