/** What a snapshot says about a user: the state, whether it is an administrator, and for how long it was quiet. */
import { ADMIN_ROLE, type State } from './contract.ts';
import type { User } from './user.ts';
import { DAY_MILLISECONDS, dtOf } from './utc-day.ts';

/** A user who has been inactive for longer is dormant. */
const QUIET_MILLISECONDS = 90 * DAY_MILLISECONDS;

export const isAdministrator = ({ roles }: Pick<User, 'roles'>): boolean => roles?.includes(ADMIN_ROLE) ?? false;

/** The state of a user: the first rule that applies. @param observedAt milliseconds since the epoch */
export function stateOf(user: User, observedAt: number): State {
  const within = (time: string | null) => time !== null && observedAt - Date.parse(time) <= QUIET_MILLISECONDS;
  if (user.disabled === true) return 'disabled';
  if (user.last_active === null) return within(user.created_at) ? 'new' : 'never_active';
  return within(user.last_active) ? 'active' : 'dormant';
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
