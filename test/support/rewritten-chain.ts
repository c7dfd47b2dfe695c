/** Rewrites the store of twenty days consistently, as an attacker would. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from './stored-commits.ts';
import { COMMITS, commitKey } from './twenty-days.ts';

/**
 * Rewrites history from a commit on, as someone with full write access could: a different name in every row, and manifests, commits and
 * run documents to match.
 */
export async function rewriteFrom(place: string, from: number): Promise<void> {
  const newestOfDay = new Map<string, number>();
  const commits = await Promise.all(
    Array.from({ length: COMMITS }, async (_, i) => JSON.parse(await readFile(join(place, commitKey(i + 1)), 'utf8'))),
  );
  for (const { dt, commit } of commits) newestOfDay.set(dt, commit);
  let previous: string | null = null;
  for (const commit of commits) {
    if (commit.commit >= from) {
      if (newestOfDay.get(commit.dt) === commit.commit) await rewriteObjects(place, commit);
      commit.previous_commit_sha256 = previous;
    }
    const bytes = `${JSON.stringify(commit)}\n`;
    await writeFile(join(place, commitKey(commit.commit)), bytes);
    previous = sha256(bytes);
    const run = join(place, `runs/${commit.run_id}.json`);
    const document = JSON.parse(await readFile(run, 'utf8'));
    await writeFile(run, `${JSON.stringify({ ...document, commit_sha256: previous })}\n`);
  }
}

interface StoredCommit {
  readonly objects: { kind: string; key: string; bytes: number; sha256: string }[];
}

async function rewriteObjects(place: string, { objects }: StoredCommit): Promise<void> {
  const restate = async (object: StoredCommit['objects'][number], text: string) => {
    await writeFile(join(place, object.key), text);
    Object.assign(object, { bytes: Buffer.byteLength(text), sha256: sha256(text) });
  };
  for (const object of objects.filter(({ kind }) => ['json', 'csv', 'changes'].includes(kind)))
    await restate(object, (await readFile(join(place, object.key), 'utf8')).replaceAll('Mallory', 'Innocent'));
  const proof = objects.find(({ kind }) => kind === 'manifest');
  if (!proof) throw new Error('a commit without a manifest');
  const manifest = JSON.parse(await readFile(join(place, proof.key), 'utf8'));
  manifest.objects = objects
    .filter((object) => object !== proof)
    .map(({ kind, key, bytes, sha256 }) => ({ kind, key, bytes, sha256 }));
  await restate(proof, `${JSON.stringify(manifest)}\n`);
}
