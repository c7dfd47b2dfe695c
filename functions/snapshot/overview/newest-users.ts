/** What the report shows of the newest snapshot: administrators, users without activity, and groups. Users are streamed. */
import type { GroupNames } from '../changes/group-names.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { User } from '../user.ts';
import { isAdministrator, quietDaysOf, stateOf } from '../user-state.ts';
import type { ListedGroup, ListedUser, NewestUsers } from './overview.ts';
import { byText, largestFirst, Shortlist } from './shortlist.ts';

export interface ReadNewestUsers {
  readonly users: NewestUsers;
  /** The ids of all administrators. */
  readonly administrators: ReadonlySet<string>;
}

/** @param most the longest list */
export async function newestUsers(
  batches: AsyncIterable<readonly User[]>,
  { observed_at }: Pick<Manifest, 'observed_at'>,
  { names }: GroupNames,
  most: number,
): Promise<ReadNewestUsers> {
  const observedAt = Date.parse(observed_at);
  const administrators = new Shortlist<ListedUser>(most, byEmail);
  const dormant = new Shortlist<ListedUser>(most, byQuietDays);
  const ids = new Set<string>();
  const groups = new GroupCounts(names);
  for await (const batch of batches)
    for (const user of batch) {
      const listed = listedUser(user, observedAt);
      if (listed.is_admin) {
        administrators.add(listed);
        ids.add(user.id);
      }
      if (listed.state === 'dormant' || listed.state === 'never_active') dormant.add(listed);
      groups.add(user, listed.is_admin);
    }
  return {
    users: { administrators: administrators.result(), dormant: dormant.result(), ...groups.result(most) },
    administrators: ids,
  };
}

function listedUser(user: User, observedAt: number): ListedUser {
  const { id, email, first_name, last_name, last_active, created_at } = user;
  return {
    ...{ id, email, first_name, last_name, last_active, created_at },
    state: stateOf(user, observedAt),
    is_admin: isAdministrator(user),
    quiet_days: quietDaysOf(user, observedAt),
  };
}

const byEmail = (a: ListedUser, b: ListedUser): number => byText(a.email, b.email) || byText(a.id, b.id);
const byQuietDays = (a: ListedUser, b: ListedUser): number => largestFirst(a.quiet_days, b.quiet_days) || byEmail(a, b);

class GroupCounts {
  readonly #names: ReadonlyMap<string, string>;
  readonly #counts: Map<string, { members: number; administrators: number }>;
  #known = 0;
  #unknown = 0;

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
    this.#counts = new Map([...names.keys()].map((id) => [id, { members: 0, administrators: 0 }]));
  }

  add({ groups }: User, isAdmin: boolean): void {
    if (groups) this.#known++;
    else this.#unknown++;
    for (const id of new Set(groups ?? [])) {
      const count = this.#counts.get(id) ?? { members: 0, administrators: 0 };
      count.members++;
      if (isAdmin) count.administrators++;
      this.#counts.set(id, count);
    }
  }

  result(most: number): Pick<NewestUsers, 'groups' | 'unknown_groups'> {
    if (this.#known === 0 && this.#unknown > 0) return { groups: null, unknown_groups: this.#unknown };
    const list = new Shortlist<ListedGroup>(most, byMembers);
    for (const [id, count] of this.#counts) list.add({ id, name: this.#names.get(id) ?? null, ...count });
    return { groups: list.result(), unknown_groups: this.#unknown };
  }
}

const byMembers = (a: ListedGroup, b: ListedGroup): number =>
  largestFirst(a.members, b.members) || byText(a.name, b.name) || byText(a.id, b.id);
