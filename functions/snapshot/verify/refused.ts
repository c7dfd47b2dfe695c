import { type Commit, DT } from '../commits/commit.ts';
import { readDocument } from '../commits/document.ts';
import { RUN_DOCUMENT } from '../commits/run-document.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';

/**
 * Dates that have no commit, but a run that the gate refused, ascending. A run document is a report: one that can't be parsed says
 * nothing.
 */
export async function refusedDays(store: Store, commits: readonly Commit[], only?: string): Promise<string[]> {
  const taken = new Set(commits.map(({ dt }) => dt));
  if (only !== undefined && taken.has(only)) return [];
  const published = new Set(commits.map(({ run_id }) => KEYS.run(run_id)));
  const refused = new Set<string>();
  for (const key of await store.list(FOLDERS.runs)) {
    if (published.has(key)) continue;
    const document = await readDocument(store, key, RUN_DOCUMENT);
    const dt = document?.status === 'refused' ? DT.safeParse(document.dt).data : undefined;
    if (dt !== undefined && !taken.has(dt) && (only === undefined || dt === only)) refused.add(dt);
  }
  return [...refused].sort();
}
