import type { ManifestFacts } from '../commits/manifest.ts';
import { ADMIN_ROLE, KNOWN_ROLES, type State } from '../contract.ts';
import type { DocumentedField, ReadUser } from '../user.ts';
import { stateOf } from '../user-state.ts';
import { BoundedNames, boundedName } from './bounded-names.ts';

/** The manifest's key for the undocumented roles beyond the limit, counted together. */
const OTHER_ROLES = '…';

type Facts = Pick<
  ManifestFacts,
  'owner_organization' | 'user_count' | 'admin_count' | 'states' | 'roles' | 'present' | 'drift'
>;

/** Counts users while they arrive, for the manifest. */
export class Tally {
  userCount = 0;
  adminCount = 0;
  duplicates = 0;
  readonly states: { [state in State]: number } = { active: 0, dormant: 0, new: 0, never_active: 0, disabled: 0 };
  /** How many users have a valid value, for each documented field. */
  readonly present: { [field in DocumentedField]: number } = {
    createdAt: 0,
    firstName: 0,
    lastName: 0,
    email: 0,
    roles: 0,
    disabled: 0,
    ownerOrganization: 0,
    groups: 0,
    defaultGroup: 0,
    lastActive: 0,
  };
  /** The owner organizations found. Two are enough, since the gate refuses more than one. */
  readonly organizations = new Set<string>();
  readonly #observedAt: number;
  readonly #knownRoles = new Map<string, number>();
  readonly #unknownRoles = new BoundedNames();
  readonly #unknownFields = new BoundedNames();
  readonly #aliases = new BoundedNames();
  readonly #missingFields = new Set<DocumentedField>();
  readonly #invalidFields = new Set<DocumentedField>();
  #invalidValues = 0;
  #loneSurrogates = 0;

  constructor(observedAt: Date) {
    this.#observedAt = observedAt.getTime();
  }

  add(read: ReadUser): void {
    const { user } = read;
    this.userCount++;
    this.states[stateOf(user, this.#observedAt)]++;
    if (user.owner_organization !== null && this.organizations.size < 2)
      this.organizations.add(user.owner_organization);
    this.#addRoles(user.roles ?? []);
    for (const field of read.presentFields) this.present[field]++;
    for (const name of read.unknownFields) this.#unknownFields.add(name);
    for (const name of read.aliases) this.#aliases.add(name);
    for (const field of read.missingFields) this.#missingFields.add(field);
    for (const field of read.invalidFields) this.#invalidFields.add(field);
    this.#invalidValues += read.invalidFields.length;
    this.#loneSurrogates += read.loneSurrogates;
  }

  #addRoles(roles: readonly string[]): void {
    let unknown: Set<string> | undefined; // most users have one role, a known one, and need no set
    for (const role of roles.length < 2 ? roles : new Set(roles)) {
      if (KNOWN_ROLES.includes(role)) this.#knownRoles.set(role, (this.#knownRoles.get(role) ?? 0) + 1);
      else {
        unknown ??= new Set();
        unknown.add(boundedName(role));
      }
      if (role === ADMIN_ROLE) this.adminCount++;
    }
    for (const role of unknown ?? []) this.#unknownRoles.add(role);
  }

  /** The figures for the manifest. Lists are sorted, and names that the account chose are bounded. */
  get facts(): Facts {
    const [organization] = this.organizations;
    return {
      owner_organization: organization === undefined ? null : boundedName(organization),
      user_count: this.userCount,
      admin_count: this.adminCount,
      states: this.states,
      roles: this.#roles(),
      present: this.present,
      drift: {
        unknown_fields: this.#unknownFields.sorted,
        unknown_roles: this.#unknownRoles.sorted,
        aliases: this.#aliases.sorted,
        missing_fields: [...this.#missingFields].sort(),
        invalid_fields: [...this.#invalidFields].sort(),
        invalid_values: this.#invalidValues,
        duplicates: this.duplicates,
        lone_surrogates: this.#loneSurrogates,
      },
    };
  }

  #roles(): { [role: string]: number } {
    const { counts, others } = this.#unknownRoles;
    const named = new Map([...this.#knownRoles, ...counts]);
    if (others > 0) named.set(OTHER_ROLES, (named.get(OTHER_ROLES) ?? 0) + others);
    return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
