import { type Commit, objectOf } from '../commits/commit.ts';
import { readDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { damaged, type Finding, interrupted, note } from './findings.ts';

/** What a day's newest commit promises, checked against what is stored. */
export interface Day {
  readonly dt: string;
  readonly commit: number;
  /** `expired`: complete, and all its users, changes and groups expired or removed since. */
  readonly status: 'sound' | 'interrupted' | 'damaged' | 'expired';
  /** Null if the manifest isn't sound. */
  readonly users: number | null;
  readonly findings: readonly Finding[];
}

type Condition = 'sound' | 'staged' | 'absent' | 'different';

/** @param earlier the day's other commits. Of the objects that they name only the raw responses still exist: nothing replaces them */
export async function verifyDay(store: Store, commit: Commit, earlier: readonly Commit[]): Promise<Day> {
  const responses = earlier.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'raw'));
  const proof = objectOf(commit, 'manifest');
  // The manifest is promoted last: after it nothing is staged any more.
  const isComplete = proof !== undefined && (await inPlace(store, proof)) === 'sound';
  const look = isComplete ? inPlace : conditionOf;
  const conditions = new Map<StoredObject, Condition>();
  for (const object of [...commit.objects, ...responses]) conditions.set(object, await look(store, object));
  const { manifest, findings } = await verifyManifest(store, commit, conditions);
  const published = [...conditions].filter(([{ kind }]) => kind !== 'raw' && kind !== 'manifest');
  const expired = manifest !== undefined && published.every(([, condition]) => condition === 'absent');
  for (const [object, condition] of conditions) findings.push(...objectFindings(object, condition, expired));
  if (expired)
    findings.push(note(KEYS.manifest(commit.dt), 'users, changes and groups of the day have expired or were removed'));
  const levels = new Set(findings.map(({ level }) => level));
  const status = levels.has('damaged')
    ? 'damaged'
    : levels.has('interrupted')
      ? 'interrupted'
      : expired
        ? 'expired'
        : 'sound';
  return { dt: commit.dt, commit: commit.commit, status, users: manifest?.user_count ?? null, findings };
}

async function conditionOf(store: Store, object: StoredObject): Promise<Condition> {
  const before = await inPlace(store, object);
  if (before === 'sound') return 'sound';
  if (object.staged && (await store.isStaged(object))) return 'staged';
  return inPlace(store, object); // it may have been promoted between the two checks
}

async function inPlace(store: Store, { key, bytes, sha256 }: StoredObject): Promise<Condition> {
  const found = await digestOf(store, key);
  if (!found) return 'absent';
  return found.bytes === bytes && found.sha256 === sha256 ? 'sound' : 'different';
}

async function verifyManifest(
  store: Store,
  commit: Commit,
  conditions: ReadonlyMap<StoredObject, Condition>,
): Promise<{ manifest: Manifest | undefined; findings: Finding[] }> {
  const object = objectOf(commit, 'manifest');
  if (!object) return { manifest: undefined, findings: [damaged(KEYS.commit(commit.commit), 'names no manifest')] };
  if (conditions.get(object) !== 'sound') return { manifest: undefined, findings: [] };
  const manifest = await readDocument(store, object.key, MANIFEST);
  if (manifest && agree(manifest, commit)) return { manifest, findings: [] };
  return {
    manifest: undefined,
    findings: [damaged(object.key, `doesn't agree with ${KEYS.commit(commit.commit)}: one of the two was edited`)],
  };
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

function objectFindings({ kind, key }: StoredObject, condition: Condition, expired: boolean): Finding[] {
  if (condition === 'sound') return [];
  if (condition === 'staged')
    return [interrupted(key, 'is committed and staged, but not in place yet; the next run puts it there')];
  if (condition === 'different') return [damaged(key, "its bytes are not the commit's")];
  if (kind === 'raw' || expired) return []; // `raw` expires early
  return [damaged(key, 'is missing')];
}
