import type { Commit } from '../commits/commit.ts';
import { PUBLISHED_FOLDERS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';

/** A name that no table reads: the system's, or a temporary one of a tool (`.DS_Store`, `_temporary/`). */
export const isHidden = (key: string): boolean => key.split('/').some((segment) => /^[._]/.test(segment));

/** Objects in the tables' folders that their day's newest commit doesn't name. Hidden names are left out. */
export async function findUntracked(store: Store, commits: readonly Commit[], dt?: string): Promise<Finding[]> {
  const newestOfDay = new Map(commits.map((commit) => [commit.dt, commit]));
  const named = new Set([...newestOfDay.values()].flatMap(({ objects }) => objects.map(({ key }) => key)));
  const earlier = new Map(
    commits.flatMap(({ objects, commit }) => objects.map((object) => [object.key, { object, commit }] as const)),
  );
  const findings: Finding[] = [];
  for (const folder of PUBLISHED_FOLDERS) {
    for (const key of await store.list(folder)) {
      if (isHidden(key) || named.has(key) || (dt !== undefined && !key.includes(dt))) continue;
      const before = earlier.get(key);
      const same = before && (await digestOf(store, key))?.sha256 === before.object.sha256;
      findings.push(
        same
          ? note(key, `stays from commit ${before.commit}; the newest commit of the day has no such object`)
          : damaged(
              key,
              before ? "its bytes are not those of the day's last commit that names it" : 'is named by no commit',
            ),
      );
    }
  }
  return findings;
}
