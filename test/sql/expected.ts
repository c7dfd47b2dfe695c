import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';
import type { AccountGroup, AccountUser } from './account.ts';
import { changesBetween } from './expected-changes.ts';
import { dateBefore, type History, type PublishedDay } from './history.ts';

/** Rows of a view: texts, counts as numbers, times as ISO 8601 in UTC with milliseconds, lists. */
export type Rows = readonly { readonly [column: string]: unknown }[];

const ADMIN = 'customer-admin';
const text = (value: string | undefined): string | null => value?.toWellFormed() ?? null;
const time = (value: string | undefined): string | null => (value === undefined ? null : new Date(value).toISOString());
const daysBetween = (from: string | null, to: Date): number | null =>
  from === null ? null : Math.floor(to.getTime() / DAY_MILLISECONDS) - Math.floor(Date.parse(from) / DAY_MILLISECONDS);

export const isAdmin = (user: AccountUser | undefined): boolean => user?.roles?.includes(ADMIN) ?? false;
export const usersOf = (day: PublishedDay): ReadonlyMap<string, AccountUser> =>
  new Map(day.account.users.map((user) => [user._id, user]));

/**
 * The rows of each view, computed from Anodot's responses and not from what was published.
 * @param today the UTC date; missing days are listed up to the day before
 */
export function expectedViews(history: History, today: string): { readonly [view: string]: Rows } {
  const newest = history.days.at(-1);
  const current = newest ? [...usersOf(newest).values()].map((user) => currentUser(user, newest)) : [];
  const pick = (rows: Rows, ...columns: string[]): Rows =>
    rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
  const common = ['dt', 'id', 'email', 'first_name', 'last_name', 'state'];
  const quiet = current.map((user) => ({ ...user, quiet_days: quietDays(user) }));
  const aged = current.map((user) => ({ ...user, age_days: daysBetween(user.created_at, new Date(user.observed_at)) }));
  const access = ['is_admin', 'roles', 'group_names', 'created_at'];
  return {
    current_users: current,
    current_admins: pick(
      current.filter((user) => user.is_admin),
      ...[...common, 'roles', 'group_names', 'created_at', 'last_active'],
    ),
    dormant_users: pick(
      quiet.filter(({ state }) => state === 'dormant' || state === 'never_active'),
      ...[...common, 'quiet_days', ...access, 'last_active'],
    ),
    never_active_users: pick(
      aged.filter(({ state }) => state === 'new' || state === 'never_active'),
      ...[...common, 'age_days', ...access],
    ),
    user_history: userHistory(history.days),
    admin_history: adminHistory(history.days),
    daily_counts: dailyCounts(history.days),
    missing_days: missingDays(history, today),
    access_review: current.map((user) => reviewed(user, history.days)),
  };
}

type CurrentUser = ReturnType<typeof currentUser>;

function currentUser(user: AccountUser, { dt, observedAt, account }: PublishedDay) {
  const nameOf = (id: string) => account.groups?.find((group: AccountGroup) => group.id === id)?.name ?? id;
  const groups = [...(user.groups ?? [])].sort();
  return {
    dt,
    ...personOf(user),
    state: stateOf(user, observedAt),
    is_admin: isAdmin(user),
    roles: user.roles ? [...user.roles].sort() : null,
    group_names: groups.map(nameOf),
    groups,
    default_group: user.defaultGroup || null,
    default_group_name: user.defaultGroup ? nameOf(user.defaultGroup) : null,
    disabled: user.disabled ?? null,
    owner_organization: text(user.ownerOrganization),
    created_at: time(user.createdAt),
    last_active: time(user.lastActive),
    observed_at: observedAt.toISOString(),
    extra_json: extraOf(user),
  };
}

const personOf = (user: AccountUser) => ({
  id: user._id,
  email: text(user.email),
  first_name: text(user.firstName),
  last_name: text(user.lastName),
});

const DOCUMENTED =
  '_id createdAt firstName lastName email roles disabled ownerOrganization groups defaultGroup lastActive'.split(' ');

function extraOf(user: AccountUser): string | null {
  const extra = Object.entries(user).filter(([name]) => !DOCUMENTED.includes(name));
  return extra.length === 0 ? null : JSON.stringify(Object.fromEntries(extra));
}

export function stateOf({ disabled, createdAt, lastActive }: AccountUser, observedAt: Date): string {
  const recent = (at: string | undefined) =>
    at !== undefined && Date.parse(at) >= observedAt.getTime() - 90 * DAY_MILLISECONDS;
  if (disabled === true) return 'disabled';
  if (lastActive === undefined) return recent(createdAt) ? 'new' : 'never_active';
  return recent(lastActive) ? 'active' : 'dormant';
}

const quietDays = ({ last_active, created_at, observed_at }: CurrentUser): number | null =>
  daysBetween(last_active ?? created_at, new Date(observed_at));

/** The stretches of consecutive days on which something holds, as pairs of indexes in the list of days. */
function intervals(
  days: readonly PublishedDay[],
  holds: (day: PublishedDay) => boolean,
): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let first: number | undefined;
  for (const [i, day] of days.entries()) {
    if (holds(day)) first ??= i;
    else if (first !== undefined) {
      found.push([first, i - 1]);
      first = undefined;
    }
  }
  return first === undefined ? found : [...found, [first, days.length - 1]];
}

/** Everyone who was ever in the account, as of their last day in it. */
const everyone = (days: readonly PublishedDay[]): AccountUser[] => [
  ...new Map(days.flatMap((day) => [...usersOf(day)])).values(),
];

const dtAt = (days: readonly PublishedDay[], i: number): string | null => days[i]?.dt ?? null;

function userHistory(days: readonly PublishedDay[]): Rows {
  return everyone(days).map((user) => {
    const stays = intervals(days, (day) => usersOf(day).has(user._id));
    return {
      ...personOf(user),
      first_dt: dtAt(days, stays[0]?.[0] ?? -1),
      last_dt: dtAt(days, stays.at(-1)?.[1] ?? -1),
      is_present: stays.at(-1)?.[1] === days.length - 1,
      day_count: stays.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      intervals: stays.map(([first, last]) => `${dtAt(days, first)}/${dtAt(days, last)}`),
    };
  });
}

function adminHistory(days: readonly PublishedDay[]): Rows {
  return everyone(days).flatMap((user) =>
    intervals(days, (day) => isAdmin(usersOf(day).get(user._id))).map(([first, last]) => {
      const next = days[last + 1];
      return {
        ...personOf(user),
        first_dt: dtAt(days, first),
        last_dt: dtAt(days, last),
        until_dt: next?.dt ?? null,
        ended: next ? (usersOf(next).has(user._id) ? 'revoked' : 'left') : null,
        day_count: last - first + 1,
      };
    }),
  );
}

function dailyCounts(days: readonly PublishedDay[]): Rows {
  return days.map((day, i) => {
    const users = [...usersOf(day).values()];
    const inState = (state: string) => users.filter((user) => stateOf(user, day.observedAt) === state).length;
    const earlier = days[i - 1];
    const changes = earlier && changesBetween(earlier, day);
    const changed = (kind: string) => changes?.filter(({ change }) => change === kind).length ?? null;
    return {
      dt: day.dt,
      observed_at: day.observedAt.toISOString(),
      user_count: users.length,
      row_count: users.length,
      rows_match: true,
      admin_count: users.filter(isAdmin).length,
      active_count: inState('active'),
      dormant_count: inState('dormant'),
      new_count: inState('new'),
      never_active_count: inState('never_active'),
      disabled_count: inState('disabled'),
      previous_dt: earlier?.dt ?? null,
      joined_count: changed('joined'),
      left_count: changed('left'),
      admin_granted_count: changed('admin_granted'),
      admin_revoked_count: changed('admin_revoked'),
    };
  });
}

function missingDays({ days, runs }: History, today: string): Rows {
  const published = days.map(({ dt }) => dt);
  const missing: string[] = [];
  for (let dt = published[0] ?? today; dt < today; dt = dateBefore(dt, -1))
    if (!published.includes(dt)) missing.push(dt);
  return missing.map((dt) => {
    const ofDay = runs.filter((run) => run.dt === dt);
    return {
      dt,
      previous_dt: published.findLast((other) => other < dt) ?? null,
      next_dt: published.find((other) => other > dt) ?? null,
      run_count: ofDay.length,
      last_status: ofDay.at(-1)?.status ?? null,
      last_message: ofDay.at(-1)?.message ?? null,
    };
  });
}

function reviewed(user: CurrentUser, days: readonly PublishedDay[]) {
  const { dt, id, email, first_name, last_name, state, is_admin, created_at, last_active } = user;
  const adminSince = adminHistory(days).find((row) => row['id'] === id && row['until_dt'] === null)?.['first_dt'];
  const changes = days.map((day, i) => {
    const earlier = days[i - 1];
    const kinds = earlier ? changesBetween(earlier, day).filter((change) => change.id === id) : [];
    return { dt: day.dt, kinds: [...new Set(kinds.map(({ change }) => change))].sort() };
  });
  const last = changes.findLast(({ kinds }) => kinds.length > 0);
  return {
    ...{ dt, id, email, first_name, last_name, state, is_admin },
    admin_since: adminSince ?? null,
    roles: user.roles?.join(', ') ?? null,
    group_names: user.group_names.join(', '),
    ...{ created_at, last_active },
    quiet_days: quietDays(user),
    first_dt: days.find((day) => usersOf(day).has(id))?.dt ?? null,
    changed_dt: last?.dt ?? null,
    changes: last?.kinds.join(', ') ?? null,
  };
}
