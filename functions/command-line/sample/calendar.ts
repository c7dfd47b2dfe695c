/** Which past days the sample's history has: the last 30 before today, of which one has no run and one is refused. */
import type { Commit } from '../../snapshot/commits/commit.ts';
import { DEFAULTS } from '../../snapshot/contract.ts';
import { addDays, compactUtc, DAY_MILLISECONDS, daysBetween } from '../../snapshot/utc-day.ts';
import { FIRST_DAY, modulo } from './days.ts';

/** Absent days repeat every so many days, which is the length of a history. So each history has one of each kind. */
const HISTORY_DAYS = 30;
const MISSING = 7;
const REFUSED = 17;

/** What happens on a past day: a snapshot is taken, no run starts, or the gate refuses the response. */
export type Fate = 'taken' | 'missing' | 'refused';

export function fateOf(dt: string): Fate {
  const day = modulo(Date.parse(dt) / DAY_MILLISECONDS - FIRST_DAY, HISTORY_DAYS);
  return day === MISSING ? 'missing' : day === REFUSED ? 'refused' : 'taken';
}

/**
 * The days to take before today's, in order, without the missing one. A history begins with a snapshot, so if there is none on its
 * first day, it begins a day earlier.
 * @param newest the newest commit of the store. If a run of the history created it, its day is taken again. That run may have been killed
 *   before it recorded its end. The new one has the same id, and finds its own commit
 */
export function historyDays(today: string, newest?: Pick<Commit, 'dt' | 'run_id'>): string[] {
  const days = daysBetween(newest ? dayAfter(newest) : firstDay(today), today);
  return days.filter((dt) => fateOf(dt) !== 'missing');
}

function firstDay(today: string): string {
  const first = addDays(today, -HISTORY_DAYS);
  return fateOf(first) === 'taken' ? first : addDays(first, -1);
}

const dayAfter = ({ dt, run_id }: Pick<Commit, 'dt' | 'run_id'>): string =>
  run_id === scheduleOf(dt).runId ? dt : addDays(dt, 1);

/** The scheduled run of a day, named as the function names it. */
export function scheduleOf(dt: string): { readonly scheduledAt: string; readonly runId: string } {
  const scheduledAt = `${dt}T${DEFAULTS.deployment.dailyAtUtc}:00Z`;
  return { scheduledAt, runId: `${compactUtc(scheduledAt)}-schedule` };
}
