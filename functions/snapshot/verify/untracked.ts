/** Finds objects in the tables' folders that no commit vouches for: tables read whatever is there. */
import type { Commit } from '../commits/commit.ts';
import { PUBLISHED_FOLDERS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';

/** A name that no table reads: the system's, or a temporary one of a tool (`.DS_Store`, `_temporary/`). */
export const isHidden = (key: string): boolean => key.split('/').some((segment) => /^[._]/.test(segment));

/** The keys in the folders of the tables, hidden names excepted. */
export async function listPublished(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for (const folder of PUBLISHED_FOLDERS) keys.push(...(await store.list(folder)));
  return keys.filter((key) => !isHidden(key));
}

/** Objects that their day's newest commit doesn't name. */
export async function findUntracked(
  store: Store,
  published: readonly string[],
  commits: readonly Commit[],
  dt?: string,
): Promise<Finding[]> {
  const newestOfDay = new Map(commits.map((commit) => [commit.dt, commit]));
  const named = new Set([...newestOfDay.values()].flatMap(({ objects }) => objects.map(({ key }) => key)));
  const earlier = new Map(
    commits.flatMap(({ objects, commit }) => objects.map((object) => [object.key, { object, commit }] as const)),
  );
  const findings: Finding[] = [];
  for (const key of published) {
    if (named.has(key) || (dt !== undefined && !key.includes(dt))) continue;
    const before = earlier.get(key);
    const same = before && (await digestOf(store, key))?.sha256 === before.object.sha256;
    findings.push(
      same
        ? note(key, `stays from commit ${before.commit}; the newest commit of the day has no such object`)
        : damaged(
            key,
            before
              ? "its bytes are not those of the day's last commit that names it"
              : 'is named by no commit that is sound',
          ),
    );
  }
  return findings;
}
