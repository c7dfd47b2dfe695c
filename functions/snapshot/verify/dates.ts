/** Finds commits with dates that no run can have written, so that the other commits' days still count. */
import type { Commit } from '../commits/commit.ts';
import { KEYS } from '../contract.ts';
import { addDays, dtOf, MAX_CLOCK_DIFFERENCE } from '../utc-day.ts';

/** No run is older than Anodot's API. A clock that was never set says 1970. */
export const EARLIEST = '2000-01-01';

/**
 * What is wrong with commits' dates, by commit number. If dates contradict each other, as few commits as possible are named. Of two
 * commits, that is the earlier one, since no run commits after a commit of a later day.
 * @param latest the latest date that a commit can have
 */
export function misdatedCommits(commits: readonly Commit[], latest: string): ReadonlyMap<number, string> {
  const wrong = new Map<number, string>();
  const possible = commits.filter((commit) => {
    const fault = faultOf(commit, latest);
    if (fault !== undefined) wrong.set(commit.commit, fault);
    return fault === undefined;
  });
  const kept = longestInOrder(possible);
  for (const commit of possible) {
    if (kept.includes(commit)) continue;
    const later = kept.find((other) => other.commit > commit.commit && other.dt < commit.dt);
    wrong.set(
      commit.commit,
      later ? `is dated after ${KEYS.commit(later.commit)}, a later commit` : 'is dated before the previous commit',
    );
  }
  return wrong;
}

function faultOf({ dt, committed_at }: Commit, latest: string): string | undefined {
  const committed = dtOf(Date.parse(committed_at));
  if (dt > latest || committed > latest) return `is dated in the future, ${dt}`;
  if (dt < EARLIEST) return `is dated ${dt}, before there was anything to snapshot`;
  // A run is dated by its start, and commits within a day. Meanwhile its clock may be set back, but by no more than runs accept.
  const latestStart = dtOf(Date.parse(committed_at) + MAX_CLOCK_DIFFERENCE);
  if (![committed, latestStart].includes(dt) && committed !== addDays(dt, 1))
    return `is dated ${dt}, but was committed at ${committed_at}`;
  return undefined;
}

/** As many commits as possible whose dates never decrease. If there is a choice, prefers later commits. */
function longestInOrder(commits: readonly Commit[]): readonly Commit[] {
  if (commits.every(({ dt }, i) => dt >= (commits[i - 1]?.dt ?? dt))) return commits;
  let chosen: Chosen | undefined;
  const beginningAt: Chosen[] = [];
  for (const commit of commits.toReversed()) {
    const rest = longest(beginningAt.filter((other) => other.commit.dt >= commit.dt));
    const one: Chosen = { commit, rest, length: 1 + (rest?.length ?? 0) };
    beginningAt.push(one);
    chosen = longest(beginningAt);
  }
  return listOf(chosen);
}

interface Chosen {
  readonly commit: Commit;
  readonly rest: Chosen | undefined;
  readonly length: number;
}

/** The first of the longest lists, which is the one that begins at the latest commit. */
const longest = (all: readonly Chosen[]): Chosen | undefined =>
  all.reduce<Chosen | undefined>((best, one) => (best && best.length >= one.length ? best : one), undefined);

function listOf(chosen: Chosen | undefined): Commit[] {
  const list: Commit[] = [];
  for (let at = chosen; at; at = at.rest) list.push(at.commit);
  return list;
}
