/** Compares a day's manifest with the commit that names it, and its counts with each other, so that none can be edited alone. */
import type { Commit } from '../commits/commit.ts';
import { readDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { KEYS, type ObjectKind } from '../contract.ts';
import type { Store } from '../store/store.ts';

/** The manifest, or what is wrong with it. */
type Agreement =
  | { readonly manifest: Manifest; readonly problem?: undefined }
  | { readonly manifest?: undefined; readonly problem: string };

/** Reads a manifest whose bytes are the commit's. */
export async function agreeingManifest(store: Store, key: string, commit: Commit): Promise<Agreement> {
  const manifest = await readDocument(store, key, MANIFEST);
  if (!manifest || !agree(manifest, commit))
    return { problem: `doesn't agree with ${KEYS.commit(commit.commit)}: one of the two was edited` };
  const problem = contradictionIn(manifest);
  return problem === undefined ? { manifest } : { problem };
}

function agree(manifest: Manifest, commit: Commit): boolean {
  const named = (objects: Manifest['objects']) =>
    JSON.stringify(objects.map(({ kind, key, bytes, sha256 }) => [kind, key, bytes, sha256]));
  const inCommit = commit.objects.filter(({ kind }) => kind !== 'manifest');
  return (
    manifest.dt === commit.dt &&
    manifest.commit === commit.commit &&
    manifest.run_id === commit.run_id &&
    manifest.scheduled_at === commit.scheduled_at &&
    manifest.published_at === commit.committed_at &&
    named(manifest.objects) === named([...inCommit])
  );
}

/** Manifests of earlier versions have no `rows`, so there is nothing to compare. */
function contradictionIn({ objects, user_count, drift, changes }: Manifest): string | undefined {
  const counts: { readonly [kind in ObjectKind]?: number } = {
    json: user_count,
    csv: user_count,
    raw: user_count + drift.duplicates,
    changes: Object.values(changes ?? {}).reduce((sum, count) => sum + count, 0),
  };
  for (const { kind, key, rows } of objects) {
    const count = counts[kind];
    if (rows !== undefined && count !== undefined && rows !== count)
      return `contradicts itself: it records ${rows} rows in ${key}, but its other counts say ${count}`;
  }
  return undefined;
}
