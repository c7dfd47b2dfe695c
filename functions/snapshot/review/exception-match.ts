/** Matches the exceptions of a review with the users of an account, by id or by address. */
import { SettingsError } from '../errors.ts';
import type { User } from '../user.ts';
import { addressKey } from './addresses.ts';
import { type ExceptionEntry, type ExceptionList, keyOf } from './exceptions.ts';

type Named = Pick<User, 'id' | 'email'>;

export class ExceptionMatcher {
  readonly #list: ExceptionList | undefined;
  readonly #byUser = new Map<string, Set<ExceptionEntry>>();
  readonly #unmatched: ExceptionEntry[] = [];

  /** @throws SettingsError if the cells of a line name different users: nobody can know which one was meant */
  constructor(list: ExceptionList | undefined, users: readonly Named[]) {
    this.#list = list;
    if (!list) return;
    const byKey = usersByKey(users);
    for (const entry of list.entries) {
      const found = entry.cells.map((keys) => new Set(keys.flatMap((key) => [...(byKey.get(key) ?? [])])));
      const [first, ...others] = found.filter((ids) => ids.size > 0);
      if (!first) this.#unmatched.push(entry);
      else if (others.some((ids) => ids.isDisjointFrom(first)))
        throw new SettingsError(
          `--exceptions: ${list.file}, line ${entry.line} names different users in its columns. Leave one of them`,
        );
      for (const id of new Set(found.flatMap((ids) => [...ids]))) this.#add(id, entry);
    }
  }

  #add(id: string, entry: ExceptionEntry): void {
    const entries = this.#byUser.get(id);
    if (entries) entries.add(entry);
    else this.#byUser.set(id, new Set([entry]));
  }

  /** Null if the user is no exception. Two different reasons are joined, if both its id and its address are listed. */
  reasonOf({ id }: Named): string | null {
    const reasons = new Set([...(this.#byUser.get(id) ?? [])].map(({ reason }) => reason));
    return reasons.size === 0 ? null : [...reasons].join('; ');
  }

  unmatched(): readonly ExceptionEntry[] {
    return this.#unmatched;
  }

  notes(): string[] {
    return this.#unmatched.map(({ line }) => `${this.#list?.file}, line ${line} matches no user`);
  }
}

/** The ids of the users that each key names: their own id, and their address. */
function usersByKey(users: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byKey = new Map<string, Set<string>>();
  for (const { id, email } of users)
    for (const key of new Set([id, keyOf(id), ...(email === null ? [] : [addressKey(email)])])) {
      const ids = byKey.get(key);
      if (ids) ids.add(id);
      else byKey.set(key, new Set([id]));
    }
  return byKey;
}
