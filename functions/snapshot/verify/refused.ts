import { type Commit, DT, jsonOf } from '../commits/commit.ts';
import { RUN_DOCUMENT } from '../commits/run-document.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';

/**
 * Dates of which there is no commit, but a run that the gate refused, ascending. A run document is a report: one that can't be
 * read says nothing.
 */
export async function refusedDays(store: Store, commits: readonly Commit[], only?: string): Promise<string[]> {
  const taken = new Set(commits.map(({ dt }) => dt));
  if (only !== undefined && taken.has(only)) return [];
  const published = new Set(commits.map(({ run_id }) => KEYS.run(run_id)));
  const refused = new Set<string>();
  for (const key of await store.list('runs/')) {
    const bytes = published.has(key) ? undefined : await store.read(key);
    const document = bytes && RUN_DOCUMENT.safeParse(jsonOf(bytes)).data;
    const dt = document?.status === 'refused' ? DT.safeParse(document.dt).data : undefined;
    if (dt !== undefined && !taken.has(dt) && (only === undefined || dt === only)) refused.add(dt);
  }
  return [...refused].sort();
}
