/** Stages a run's groups and manifest, and assembles the commit that names it and all other staged objects. */
import { KEYS, type ObjectKind, PROGRAM_VERSION, SCHEMA_VERSION, type Trigger } from '../contract.ts';
import type { Host } from '../origin.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import type { StoredObject } from '../store/store.ts';
import { together } from '../together.ts';
import type { Commit, CommitEntry } from './commit.ts';
import { numberAfter } from './commit-log.ts';
import { documentBytes, parseDocument, sha256Of } from './document.ts';
import { MANIFEST, type Manifest, type ManifestFacts, type WrittenManifest } from './manifest.ts';

/** The parts of a run that its commit and manifest record. */
export interface CommittingRun {
  readonly runId: string;
  readonly dt: string;
  readonly trigger: Trigger;
  readonly scheduledAt: string | null;
  /** The host's URL, or `sample`. */
  readonly sourceName: string;
  readonly host: Host;
}

/** An object of a snapshot, with the number of rows that the manifest records. The commit has no rows. */
export interface CountedObject extends StoredObject {
  /** Users, lines, or elements of the raw response's array. */
  readonly rows: number;
}

/** A whole account, staged by one attempt. */
export interface StagedAccount {
  /** The id of the attempt that staged it: eight hex digits. */
  readonly execution: string;
  readonly objects: readonly CountedObject[];
  /** The lines of the groups, which are still to be staged. Undefined if they aren't published. */
  readonly groupLines: readonly string[] | undefined;
  /** The objects of groups and manifest, which are begun. */
  readonly later: BegunObjects;
  readonly facts: ManifestFacts;
}

/** The next commit, and the manifest that it names. */
export interface StagedCommit {
  readonly commit: Commit;
  /** As it will be read back. */
  readonly manifest: Manifest | null;
}

/**
 * Stages groups and manifest together, and returns the commit that names them and every other object. Nothing is committed yet. The
 * manifest has the hash of the groups, so it is computed here, before they are stored.
 */
export async function stageCommit(
  run: CommittingRun,
  newest: CommitEntry | undefined,
  account: StagedAccount,
  committedAt: Date,
): Promise<StagedCommit> {
  const commit = nextCommit(run, newest, account, committedAt);
  const { groupLines, later } = account;
  const text = groupLines && Buffer.from(groupLines.join(''));
  const groups = text && {
    kind: 'groups' as const,
    key: KEYS.groups(run.dt),
    bytes: text.byteLength,
    sha256: sha256Of(text),
    rows: groupLines.length,
  };
  const objects = groups ? [...account.objects, groups] : account.objects;
  const bytes = documentBytes(manifestOf(run, commit, account.facts, objects));
  const staged = await together([
    ...(text ? [stageBytes(later, 'groups', KEYS.groups(run.dt), text)] : []),
    stageBytes(later, 'manifest', KEYS.manifest(run.dt), bytes),
  ]);
  return {
    commit: { ...commit, objects: [...commit.objects, ...staged] },
    manifest: parseDocument(MANIFEST, bytes) ?? null,
  };
}

async function stageBytes(
  begun: BegunObjects,
  kind: ObjectKind,
  key: string,
  bytes: Uint8Array,
): Promise<StoredObject> {
  const staging = begun.at(key);
  await staging.write(bytes);
  return { kind, key, ...(await staging.close()) };
}

/** The next commit, without its manifest. */
export const nextCommit = (
  run: Pick<CommittingRun, 'runId' | 'dt' | 'scheduledAt'>,
  newest: CommitEntry | undefined,
  { execution, objects }: { readonly execution: string; readonly objects: readonly StoredObject[] },
  committedAt: Date,
): Commit => ({
  schema_version: SCHEMA_VERSION,
  commit: numberAfter(newest),
  previous_commit_sha256: newest?.sha256 ?? null,
  committed_at: committedAt.toISOString(),
  dt: run.dt,
  run_id: run.runId,
  execution,
  scheduled_at: run.scheduledAt,
  objects: objects.map(({ kind, key, bytes, sha256, staged }) => ({ kind, key, bytes, sha256, staged })),
});

const manifestOf = (
  run: CommittingRun,
  commit: Commit,
  facts: ManifestFacts,
  objects: readonly Omit<CountedObject, 'staged'>[],
): WrittenManifest => ({
  schema_version: SCHEMA_VERSION,
  dt: commit.dt,
  commit: commit.commit,
  run_id: commit.run_id,
  trigger: run.trigger,
  scheduled_at: commit.scheduled_at,
  observed_at: facts.observed_at,
  published_at: commit.committed_at,
  source: run.sourceName,
  owner_organization: facts.owner_organization,
  user_count: facts.user_count,
  admin_count: facts.admin_count,
  states: facts.states,
  roles: facts.roles,
  previous_dt: facts.previous_dt,
  changes: facts.changes,
  present: facts.present,
  drift: facts.drift,
  csv_cells_altered: facts.csv_cells_altered,
  groups: facts.groups,
  objects: objects.map(({ kind, key, bytes, sha256, rows }) => ({ kind, key, bytes, sha256, rows })),
  program_version: PROGRAM_VERSION,
  request: facts.request,
  response: facts.response,
  token: facts.token,
  groups_received: facts.groups_received,
  host: run.host,
});
