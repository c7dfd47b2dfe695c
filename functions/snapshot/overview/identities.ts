/** Finds the latest known email and names of users, in the newest snapshot or in change feeds. */
import type { Change } from '../changes/change.ts';
import { jsonOf } from '../commits/document.ts';
import { USER_ROW, type User } from '../user.ts';

type Name = Pick<User, 'first_name' | 'last_name'>;
export type Identity = Name & Pick<User, 'email'>;

const NAME = USER_ROW.pick({ first_name: true, last_name: true });

/** Collects identities from the newest source to the oldest. What is found first stays. */
export class Identities {
  readonly #emails = new Map<string, string | null>();
  readonly #names = new Map<string, Name>();
  readonly #missing: Set<string>;

  /** @param ids of the users to identify */
  constructor(ids: Iterable<string>) {
    this.#missing = new Set(ids);
  }

  /** Whether something is still unknown. */
  get isIncomplete(): boolean {
    return this.#missing.size > 0;
  }

  addUser({ id, email, first_name, last_name }: User): void {
    if (!this.#missing.delete(id)) return;
    this.#emails.set(id, email);
    this.#names.set(id, { first_name, last_name });
  }

  /** A day's changes of a user have the same email, so their order doesn't matter. */
  addChange(change: Change): void {
    const { id, email } = change;
    if (!this.#missing.has(id)) return;
    if (!this.#emails.has(id)) this.#emails.set(id, email);
    const name = nameIn(change);
    if (!name) return;
    this.#names.set(id, name);
    this.#missing.delete(id);
  }

  of(id: string): Identity {
    return { email: this.#emails.get(id) ?? null, ...(this.#names.get(id) ?? { first_name: null, last_name: null }) };
  }
}

/** The names that a change leaves a user with. */
function nameIn({ change, before, after }: Change): Name | undefined {
  if (change !== 'joined' && change !== 'left' && change !== 'name_changed') return undefined;
  return NAME.safeParse(jsonOf(Buffer.from((change === 'left' ? before : after) ?? ''))).data;
}
