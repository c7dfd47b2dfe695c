/** Decides whether a day may lack users, changes and groups: because they expired, or because someone removed them on purpose. */
import { addDays } from '../utc-day.ts';

/** S3's lifecycle works in the background: it may remove a day before an older one, and a day's objects one by one. */
const GRACE_DAYS = 7;
/** With a retention of one day, the shortest there is, a day's objects expire at the end of the next day. */
const NEVER_YOUNGER_DAYS = 2;
/** Objects of the oldest day that are gone while others stay are taken as the beginning of its expiry if the day is older than this. */
const FIRST_EXPIRY_DAYS = 30;

export interface ExpiryOptions {
  /** The UTC date of today. */
  readonly today: string;
  /** Days that are older than this may lack anything, others nothing. Without it, days may lack something from the oldest on. */
  readonly keptDays?: number;
  /** Dates whose users, changes and groups were removed on purpose. */
  readonly removed?: readonly string[];
}

/** How much of a day's users, changes and groups is in place. */
export interface StoredDay {
  readonly dt: string;
  readonly kept: 'all' | 'some' | 'none';
}

/** What the absence of a day's objects is; if it is damage, because of what. */
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

/** What speaks against the expiry of a day, if anything does. */
type Objection = (dt: string) => string | undefined;

const againstAge =
  (keptDays: number, today: string): Objection =>
  (dt) =>
    dt < addDays(today, -keptDays) ? undefined : `days are kept for ${keptDays} days`;

/** Nothing says how long days are kept. But whatever the retention is, the oldest day expires first, and the newest last, if nothing was published for as long. */
function againstOldestFirst(days: readonly StoredDay[], today: string): Objection {
  const [oldest, newest] = [days[0], days.at(-1)];
  const firstKept = days.find(({ kept }) => kept !== 'none');
  const begins = oldest?.kept === 'some' && oldest.dt < addDays(today, -FIRST_EXPIRY_DAYS);
  const hasBegun = oldest?.kept === 'none' || begins;
  return (dt) => {
    if (dt > addDays(today, -NEVER_YOUNGER_DAYS)) return 'a day is kept for at least one day';
    if (dt === newest?.dt && firstKept && firstKept.dt < dt)
      return `it is the newest day, and ${firstKept.dt} still has its own`;
    if (!hasBegun && oldest) return `${oldest.dt}, the oldest day, still has its own`;
    if (firstKept && dt > addDays(firstKept.dt, GRACE_DAYS)) return `${firstKept.dt}, an older day, still has its own`;
    return undefined;
  };
}
