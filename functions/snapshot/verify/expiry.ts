/** Decides whether a day may lack users, changes and groups, because they expired or were removed on purpose. */
import { addDays } from '../utc-day.ts';

/** S3's lifecycle works in the background. It may remove a day before an older one, and a day's objects one by one. */
const GRACE_DAYS = 7;
/** With the shortest retention, one day, a day's objects expire at the end of the next day. */
const NEVER_YOUNGER_DAYS = 2;
/** If the oldest day is older than this and lacks some objects, it has begun to expire. */
const FIRST_EXPIRY_DAYS = 30;

export interface ExpiryOptions {
  /** The UTC date of today. */
  readonly today: string;
  /** The retention. Only older days may lack objects. Without it, the oldest days may. */
  readonly keptDays?: number;
  /** Dates whose users, changes and groups were removed on purpose. */
  readonly removed?: readonly string[];
}

/** How much of a day's users, changes and groups is in place. */
export interface StoredDay {
  readonly dt: string;
  readonly kept: 'all' | 'some' | 'none';
}

/** Why a day lacks objects. For damage, `because` says why it can't be anything else. */
export type Absence = { readonly is: 'expired' | 'removed' } | { readonly is: 'damage'; readonly because: string };

/** @param days all days with a snapshot, ascending */
export function absencesIn(
  days: readonly StoredDay[],
  { today, keptDays, removed = [] }: ExpiryOptions,
): (dt: string) => Absence {
  const onPurpose = new Set(removed);
  const others = days.filter(({ dt }) => !onPurpose.has(dt));
  const objection = keptDays === undefined ? againstOldestFirst(others, today) : againstAge(keptDays, today);
  return (dt) => {
    if (onPurpose.has(dt)) return { is: 'removed' };
    const because = objection(dt);
    return because === undefined ? { is: 'expired' } : { is: 'damage', because };
  };
}

/** Why a day can't have expired. Undefined if it can. */
type Objection = (dt: string) => string | undefined;

const againstAge =
  (keptDays: number, today: string): Objection =>
  (dt) =>
    dt < addDays(today, -keptDays) ? undefined : `the retention is ${keptDays} days`;

/** The retention is unknown. Whatever it is, days expire from the oldest on. The newest expires last, and only if nothing more was published. */
function againstOldestFirst(days: readonly StoredDay[], today: string): Objection {
  const [oldest, newest] = [days[0], days.at(-1)];
  const firstKept = days.find(({ kept }) => kept !== 'none');
  const begins = oldest?.kept === 'some' && oldest.dt < addDays(today, -FIRST_EXPIRY_DAYS);
  const hasBegun = oldest?.kept === 'none' || begins;
  return (dt) => {
    if (dt > addDays(today, -NEVER_YOUNGER_DAYS)) return 'the retention is at least one day';
    if (dt === newest?.dt && firstKept && firstKept.dt < dt)
      return `it is the newest day, and ${firstKept.dt} still has its objects`;
    if (!hasBegun && oldest) return `${oldest.dt}, the oldest day, still has its objects`;
    if (firstKept && dt > addDays(firstKept.dt, GRACE_DAYS))
      return `${firstKept.dt}, an older day, still has its objects`;
    return undefined;
  };
}
