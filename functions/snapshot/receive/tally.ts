import type { ManifestFacts } from '../commits/manifest.ts';
import { ADMIN_ROLE, KNOWN_ROLES, type State } from '../contract.ts';
import type { ReadUser, User } from '../user.ts';
import { DAY_MILLISECONDS } from '../utc-day.ts';

/** A user without activity for this long is dormant. */
const QUIET_MILLISECONDS = 90 * DAY_MILLISECONDS;
const MAX_NAMES = 50;
const MAX_NAME_LENGTH = 64;

/** Counts users while they arrive: the figures of the manifest. */
export class Tally {
  userCount = 0;
  adminCount = 0;
  duplicates = 0;
  readonly states: { [state in State]: number } = { active: 0, dormant: 0, new: 0, never_active: 0, disabled: 0 };
  /** The owner organizations that occur; more than one is refused, so no more than two are kept. */
  readonly organizations = new Set<string>();
  readonly #observedAt: number;
  readonly #roles = new Map<string, number>();
  readonly #unknownFields = new BoundedNames();
  readonly #unknownRoles = new BoundedNames();
  readonly #aliases = new BoundedNames();
  readonly #missingFields = new BoundedNames();
  #loneSurrogates = 0;

  constructor(observedAt: Date) {
    this.#observedAt = observedAt.getTime();
  }

  /** Counts a user who is published. */
  add({ user, unknownFields, aliases, missingFields, loneSurrogates }: ReadUser): void {
    this.userCount++;
    this.states[stateOf(user, this.#observedAt)]++;
    if (user.owner_organization !== null && this.organizations.size < 2)
      this.organizations.add(user.owner_organization);
    for (const role of new Set(user.roles)) {
      this.#roles.set(role, (this.#roles.get(role) ?? 0) + 1);
      if (role === ADMIN_ROLE) this.adminCount++;
      if (!KNOWN_ROLES.includes(role)) this.#unknownRoles.add(role);
    }
    for (const name of unknownFields) this.#unknownFields.add(name);
    for (const name of aliases) this.#aliases.add(name);
    for (const name of missingFields) this.#missingFields.add(name);
    this.#loneSurrogates += loneSurrogates;
  }

  /** The figures as the manifest states them. Lists are sorted and bounded. */
  get facts(): Pick<ManifestFacts, 'owner_organization' | 'user_count' | 'admin_count' | 'states' | 'roles' | 'drift'> {
    return {
      owner_organization: [...this.organizations][0] ?? null,
      user_count: this.userCount,
      admin_count: this.adminCount,
      states: this.states,
      roles: Object.fromEntries([...this.#roles].sort(([a], [b]) => (a < b ? -1 : 1))),
      drift: {
        unknown_fields: this.#unknownFields.sorted,
        unknown_roles: this.#unknownRoles.sorted,
        aliases: this.#aliases.sorted,
        missing_fields: this.#missingFields.sorted,
        duplicates: this.duplicates,
        lone_surrogates: this.#loneSurrogates,
      },
    };
  }
}

/** The first of the rules that holds; `observedAt` in milliseconds. */
export function stateOf(user: User, observedAt: number): State {
  const within = (time: string | null) => time !== null && observedAt - Date.parse(time) <= QUIET_MILLISECONDS;
  if (user.disabled === true) return 'disabled';
  if (user.last_active === null) return within(user.created_at) ? 'new' : 'never_active';
  return within(user.last_active) ? 'active' : 'dormant';
}

/** Sorted names, the first fifty, of at most 64 characters each: an account can't swell the manifest. */
class BoundedNames {
  readonly sorted: string[] = [];

  add(name: string): void {
    const short = name.length > MAX_NAME_LENGTH ? [...name].slice(0, MAX_NAME_LENGTH).join('') : name;
    const wellFormed = short.toWellFormed();
    if (this.sorted.includes(wellFormed)) return;
    this.sorted.push(wellFormed);
    this.sorted.sort();
    if (this.sorted.length > MAX_NAMES) this.sorted.pop();
  }
}
