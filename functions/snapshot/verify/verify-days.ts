/** Checks each day's newest commit against what is stored, newest day first. */
import type { Commit } from '../commits/commit.ts';
import type { Store } from '../store/store.ts';
import { type Day, expires, verifyDay } from './day.ts';
import { absencesIn, type ExpiryOptions, type StoredDay } from './expiry.ts';

export interface DaysOptions extends ExpiryOptions {
  /** Checks only this day. Default: all days. All commits and run documents are read in any case. */
  readonly dt?: string;
  /** Checks only this many days, the newest. Default: all days. */
  readonly newestDays?: number;
  /** Leaves the raw responses unread. */
  readonly withoutRaw?: boolean;
  /** Recomputes each verified day. The caller passes it in, so that no function's bundle contains it. */
  readonly recompute?: (store: Store, day: Day, commits: readonly Commit[]) => Promise<Day>;
}

const newestOfEachDay = (commits: readonly Commit[]): Commit[] => [
  ...new Map(commits.map((commit) => [commit.dt, commit])).values(),
];

/** The newest commit of each day to verify, ascending. */
export const daysToVerify = (commits: readonly Commit[], { dt, newestDays = Infinity }: DaysOptions): Commit[] =>
  newestOfEachDay(commits)
    .filter((commit) => dt === undefined || commit.dt === dt)
    .slice(-newestDays);

/** The newest day comes first: if there is too little time, it is the one to know about. */
export async function* verifyDays(
  store: Store,
  commits: readonly Commit[],
  due: readonly Commit[],
  published: readonly string[],
  options: DaysOptions,
): AsyncGenerator<Day> {
  const inPlace = new Set(published);
  const absenceOn = absencesIn(
    newestOfEachDay(commits).map((commit) => storedDay(commit, inPlace)),
    options,
  );
  for (const commit of due.toReversed()) {
    const ofDay = commits.filter(({ dt }) => dt === commit.dt);
    const day = await verifyDay(store, commit, ofDay, absenceOn(commit.dt), options.withoutRaw);
    yield (await options.recompute?.(store, day, commits)) ?? day;
  }
}

function storedDay({ dt, objects }: Commit, inPlace: ReadonlySet<string>): StoredDay {
  const own = objects.filter(expires);
  const kept = own.filter(({ key }) => inPlace.has(key)).length;
  return { dt, kept: kept === own.length ? 'all' : kept === 0 ? 'none' : 'some' };
}
