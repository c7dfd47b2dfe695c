import { createHash } from 'node:crypto';
import type { Commit } from '../../functions/snapshot/commits/commit.ts';
import { commitNumbers, readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS, type ObjectKind, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import { digestOf } from '../../functions/snapshot/store/digest.ts';
import type { Store, StoredObject } from '../../functions/snapshot/store/store.ts';

/** What tests read back from a store: its commits, run documents and the hashes of everything that is published. */

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export async function commitOf(store: Store, number: number): Promise<Commit> {
  const commit = (await readCommit(store, number))?.commit;
  if (!commit) throw new Error(`commit ${number} is missing or damaged`);
  return commit;
}

export async function commitsOf(store: Store): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (const number of await commitNumbers(store)) commits.push(await commitOf(store, number));
  return commits;
}

export function objectOf(commit: Commit, kind: ObjectKind): StoredObject {
  const object = commit.objects.find((candidate) => candidate.kind === kind);
  if (!object) throw new Error(`commit ${commit.commit} has no ${kind}`);
  return object;
}

export async function documentOf(store: Store, runId: string): Promise<RunDocument> {
  return RUN_DOCUMENT.parse(jsonOf((await store.read(KEYS.run(runId))) ?? Buffer.alloc(0)));
}

/** The hash of every published object, by its key. */
export async function hashesOf(store: Store): Promise<Map<string, string | undefined>> {
  const keys = (await Promise.all(PUBLISHED_FOLDERS.map((folder) => store.list(folder)))).flat();
  return new Map(await Promise.all(keys.map(async (key) => [key, (await digestOf(store, key))?.sha256] as const)));
}
