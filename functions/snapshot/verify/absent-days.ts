/** Finds the days that count as incomplete: missed, refused by the gate, or not recomputed. */
import type { Commit } from '../commits/commit.ts';
import type { RunDocument } from '../commits/run-document.ts';
import { daysBetween } from '../utc-day.ts';
import type { Day } from './day.ts';

/** Dates without a commit whose run was refused by the gate, ascending. */
export function refusedDays(documents: readonly RunDocument[], commits: readonly Pick<Commit, 'dt'>[]): string[] {
  const taken = new Set(commits.map(({ dt }) => dt));
  const refused = documents.flatMap(({ status, dt }) => (status === 'refused' && dt !== null ? dt : []));
  return [...new Set(refused)].filter((dt) => !taken.has(dt)).sort();
}

/** Dates between the first snapshot and yesterday that have none. */
export function missingDays(commits: readonly Pick<Commit, 'dt'>[], today: string): string[] {
  const taken = new Set(commits.map(({ dt }) => dt));
  return daysBetween(commits[0]?.dt ?? today, today).filter((dt) => !taken.has(dt));
}

/** Days that were to be recomputed from raw but weren't, although their users are stored. */
export const unrecomputedDays = (days: readonly Day[]): string[] =>
  days.filter(({ status, recomputed }) => status === 'sound' && recomputed === 'nothing').map(({ dt }) => dt);
