/** Edits commits, and updates the chain of hashes and the run documents to match. */
import type { Commit } from '../../functions/snapshot/commits/commit.ts';
import { commitNumbers } from '../../functions/snapshot/commits/commit-log.ts';
import { documentBytes, readDocument } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { commitOf, sha256 } from './stored-commits.ts';

/** Rewrites all commits, each with the hash of the one before it. */
export async function rehash(folder: string, edit: (commit: Commit) => Commit = (commit) => commit): Promise<void> {
  const store = new FolderStore(folder);
  let previous: string | null = null;
  for (const number of await commitNumbers(store)) {
    const commit: Commit = { ...edit(await commitOf(store, number)), previous_commit_sha256: previous };
    await store.replace(KEYS.commit(number), documentBytes(commit));
    previous = sha256(documentBytes(commit));
    const run = KEYS.run(commit.run_id);
    const document = await readDocument(store, run, RUN_DOCUMENT);
    if (document)
      await store.replace(run, documentBytes({ ...document, dt: commit.dt, commit: number, commit_sha256: previous }));
  }
}

/** A commit that no run created. It names only a manifest, which isn't stored. */
export const bogusCommit = (number: number, dt: string, more: Partial<Commit> = {}): Commit => ({
  schema_version: 1,
  commit: number,
  previous_commit_sha256: null,
  committed_at: `${dt}T12:00:00.000Z`,
  dt,
  run_id: `bogus-${number}`,
  execution: '0123abcd',
  scheduled_at: null,
  objects: [{ kind: 'manifest', key: KEYS.manifest(dt), bytes: 1, sha256: '0'.repeat(64), staged: null }],
  ...more,
});
