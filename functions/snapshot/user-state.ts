/** What a snapshot says about a user: the state, whether it is an administrator, and for how long it was quiet. */
import { ADMIN_ROLE, type State } from './contract.ts';
import type { User } from './user.ts';
import { DAY_MILLISECONDS, dtOf } from './utc-day.ts';

/** A user without activity for longer is dormant. */
const QUIET_DAYS = 90;

export const isAdministrator = ({ roles }: Pick<User, 'roles'>): boolean => roles?.includes(ADMIN_ROLE) ?? false;

/** The state of a user: the first rule that applies. @param observedAt milliseconds since the epoch */
export function stateOf(user: User, observedAt: number): State {
  if (user.disabled === true) return 'disabled';
  const isQuiet = isQuietFor(user, QUIET_DAYS, observedAt);
  if (user.last_active === null) return isQuiet ? 'never_active' : 'new';
  return isQuiet ? 'dormant' : 'active';
}

/**
 * Whether an enabled user had no activity for more than so many days of 24 hours. With 90, these are the users in the states dormant and
 * never_active.
 * @param observedAt milliseconds since the epoch
 */
export const isDormant = (user: User, days: number, observedAt: number): boolean =>
  user.disabled !== true && isQuietFor(user, days, observedAt);

/** From the creation if the user was never active. A user with neither time is quiet. */
function isQuietFor({ last_active, created_at }: User, days: number, observedAt: number): boolean {
  const since = last_active ?? created_at;
  return since === null || !(observedAt - Date.parse(since) <= days * DAY_MILLISECONDS);
}

/**
 * Whole days from the last activity to the snapshot, or from the creation if the user was never active, by UTC dates as in the view
 * access_review. Null if both are unknown.
 * @param observedAt milliseconds since the epoch
 */
export function quietDaysOf({ last_active, created_at }: User, observedAt: number): number | null {
  const since = last_active ?? created_at;
  return since === null ? null : (Date.parse(dtOf(observedAt)) - Date.parse(since.slice(0, 10))) / DAY_MILLISECONDS;
}
