import { differences } from '../../functions/snapshot/changes/diff.ts';
import type { ManifestFacts } from '../../functions/snapshot/commits/manifest.ts';
import { ADMIN_ROLE, type State } from '../../functions/snapshot/contract.ts';
import type { User } from '../../functions/snapshot/user.ts';
import { stateOf } from '../../functions/snapshot/user-state.ts';
import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';

/** An account of a fixed number of users that changes from day to day, in a way that depends only on the day. */
const ORGANIZATION = '5f0000000000000000000000';
const GROUPS = 200;
const USER_ROLE = 'customer-user';
/** More than the users that change in a day. A prime, so that other users change each day. */
const STEP = 9973;
const dayOf = (n: number): number => Math.floor(n / STEP);
const groupId = (n: number): string => `6a${(n % GROUPS).toString(16).padStart(22, '0')}`;

export const groups = Array.from({ length: GROUPS }, (_, n) => ({ id: groupId(n), name: `Group ${n}` }));

/** How many users change each day, by what happens to them. All others stay as they are. */
const DAILY: readonly { readonly count: number; readonly change: (user: User, n: number) => User }[] = [
  { count: 80, change: (_, n) => userOf(1_000_000 + n) }, // one leaves, and another joins
  { count: 200, change: (user, n) => ({ ...user, groups: [groupId(n + dayOf(n)), groupId(n + dayOf(n) + 1)].sort() }) },
  { count: 150, change: (user) => ({ ...user, disabled: !user.disabled }) },
  { count: 60, change: (user, n) => ({ ...user, last_name: `Family${n}` }) },
  { count: 40, change: (user, n) => ({ ...user, email: `renamed${n}@example.com` }) },
  { count: 10, change: (user) => ({ ...user, roles: user.roles?.includes(ADMIN_ROLE) ? [USER_ROLE] : [ADMIN_ROLE] }) },
];

function userOf(n: number): User {
  return {
    id: n.toString(16).padStart(24, '0'),
    created_at: new Date(1_600_000_000_000 + n * 1000).toISOString(),
    first_name: `Given${n % 997}`,
    last_name: `Family${n % 4001}`,
    email: `given${n}.family@example.com`,
    roles: [n % 500 === 0 ? ADMIN_ROLE : USER_ROLE],
    disabled: n % 16 === 0,
    owner_organization: ORGANIZATION,
    groups: n % 3 === 0 ? [groupId(n), groupId(n + 7)].sort() : [],
    default_group: null,
    last_active: null,
    extra_json: null,
  };
}

export type Changed = ReturnType<typeof differences>[number] & Pick<User, 'id' | 'email'>;

export class ChangingUsers {
  readonly #users: User[];
  readonly #states: { [state in State]: number } = { active: 0, dormant: 0, new: 0, never_active: 0, disabled: 0 };
  #administrators = 0;
  #day = 0;

  constructor(count: number) {
    this.#users = Array.from({ length: count }, (_, n) => userOf(n));
    for (const [slot, user] of this.#users.entries()) this.#count(user, slot, 1);
  }

  /** Everyone, with their last activity as of a day. */
  *rows(observedAt: number): Generator<User> {
    for (const [slot, user] of this.#users.entries()) yield activeAt(user, slot, observedAt);
  }

  /** Changes some users. */
  nextDay(observedAt: number): Changed[] {
    this.#day++;
    const changes: Changed[] = [];
    let n = this.#day * STEP;
    for (const { count, change } of DAILY)
      for (let i = 0; i < count; i++, n++) {
        const slot = (n * 7919) % this.#users.length;
        const before = this.#users[slot];
        if (!before) continue;
        const after = change(before, n);
        this.#users[slot] = after;
        this.#count(before, slot, -1);
        this.#count(after, slot, 1);
        changes.push(...changesOf(activeAt(before, slot, observedAt), activeAt(after, slot, observedAt)));
      }
    return changes;
  }

  get facts(): Pick<
    ManifestFacts,
    'owner_organization' | 'user_count' | 'admin_count' | 'states' | 'roles' | 'present'
  > {
    const all = this.#users.length;
    return {
      owner_organization: ORGANIZATION,
      user_count: all,
      admin_count: this.#administrators,
      states: { ...this.#states },
      roles: { [ADMIN_ROLE]: this.#administrators, [USER_ROLE]: all - this.#administrators },
      present: {
        ...{ createdAt: all, firstName: all, lastName: all, email: all, roles: all, disabled: all },
        ...{ ownerOrganization: all, groups: all, defaultGroup: 0, lastActive: all },
      },
    };
  }

  #count(user: User, slot: number, by: 1 | -1): void {
    this.#states[stateOf(activeAt(user, slot, 0), 0)] += by;
    if (user.roles?.includes(ADMIN_ROLE)) this.#administrators += by;
  }
}

/** The same user was active the same number of days ago on every day, so that states change only if a user does. */
const activeAt = (user: User, slot: number, observedAt: number): User => ({
  ...user,
  last_active: new Date(observedAt - (slot % 110) * DAY_MILLISECONDS).toISOString(),
});

/** A user whose id changed has left, and another has joined. */
function changesOf(before: User, after: User): Changed[] {
  const pairs =
    before.id === after.id
      ? [[before, after] as const]
      : ([
          [before, undefined],
          [undefined, after],
        ] as const);
  return pairs.flatMap(([previous, current]) => {
    const { id, email } = current ?? before;
    return differences(previous, current).map((difference) => ({ id, email, ...difference }));
  });
}
