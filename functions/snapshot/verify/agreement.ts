/** Compares a day's manifest with the commit that names it, so that neither can be edited alone. */
import type { Commit } from '../commits/commit.ts';
import { readDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import type { Store } from '../store/store.ts';

/** Undefined if the manifest doesn't agree with its commit. */
export async function agreeingManifest(store: Store, key: string, commit: Commit): Promise<Manifest | undefined> {
  const manifest = await readDocument(store, key, MANIFEST);
  return manifest && agree(manifest, commit) ? manifest : undefined;
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
