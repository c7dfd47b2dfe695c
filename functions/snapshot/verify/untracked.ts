/** Finds untracked objects in the tables' folders, since tables read every object there. */
import type { Commit } from '../commits/commit.ts';
import { PUBLISHED_FOLDERS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';

/** Whether tables ignore a name, such as `.DS_Store` or a tool's `_temporary/`. */
export const isHidden = (key: string): boolean => key.split('/').some((segment) => /^[._]/.test(segment));

/** The keys in the tables' folders, except hidden names. */
export async function listPublished(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for (const folder of PUBLISHED_FOLDERS) keys.push(...(await store.list(folder)));
  return keys.filter((key) => !isHidden(key));
}

/** Finds objects that their day's newest commit doesn't name. */
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
        ? note(key, `remains from commit ${before.commit}; the day's newest commit has no such object`)
        : damaged(
            key,
            before
              ? "checksum does not match the day's last commit that names it"
              : 'is untracked: no sound commit names it',
          ),
    );
  }
  return findings;
}
