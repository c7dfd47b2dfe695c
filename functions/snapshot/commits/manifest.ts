import * as z from 'zod';
import {
  CHANGES,
  KEYS,
  OBJECT_KINDS,
  PROGRAM_VERSION,
  SCHEMA_VERSION,
  STATES,
  TRIGGERS,
  type Trigger,
} from '../contract.ts';
import type { ReceivedUsers } from '../receive/receive-account.ts';
import type { Store } from '../store/store.ts';
import { type Commit, type CommitEntry, DT, jsonOf, KEY, SHA256 } from './commit.ts';

const count = z.int().nonnegative();
const names = z.array(z.string());

/** A schema of a count for each name. */
function countsOf<Name extends string>(all: readonly Name[]): { [name in Name]: typeof count } {
  return Object.fromEntries(all.map((name) => [name, count])) as { [name in Name]: typeof count };
}

export const MANIFEST = z.strictObject({
  schema_version: z.literal(SCHEMA_VERSION),
  dt: DT,
  commit: z.int().positive(),
  run_id: z.string(),
  trigger: z.enum(TRIGGERS),
  scheduled_at: z.string().nullable(),
  observed_at: z.iso.datetime(),
  published_at: z.iso.datetime(),
  source: z.string(),
  owner_organization: z.string().nullable(),
  user_count: count,
  admin_count: count,
  states: z.strictObject(countsOf(STATES)),
  roles: z.record(z.string(), count),
  previous_dt: DT.nullable(),
  changes: z.strictObject(countsOf(CHANGES)).nullable(),
  drift: z.strictObject({
    unknown_fields: names,
    unknown_roles: names,
    aliases: names,
    missing_fields: names,
    duplicates: count,
    lone_surrogates: count,
  }),
  csv_cells_altered: count,
  groups: z.enum(['published', 'denied', 'absent']),
  objects: z.array(z.strictObject({ kind: z.enum(OBJECT_KINDS), key: KEY, bytes: count, sha256: SHA256 })),
  program_version: z.string(),
});
/** The proof that a snapshot is complete: put in place last, it names every object with its hash, and the figures. */
export type Manifest = z.infer<typeof MANIFEST>;

export function manifestFor(
  run: { readonly trigger: Trigger; readonly sourceName: string },
  commit: Commit,
  users: Omit<ReceivedUsers, 'objects' | 'execution'>,
): Manifest {
  const { tally } = users;
  return {
    schema_version: SCHEMA_VERSION,
    dt: commit.dt,
    commit: commit.commit,
    run_id: commit.run_id,
    trigger: run.trigger,
    scheduled_at: commit.scheduled_at,
    observed_at: users.observedAt.toISOString(),
    published_at: commit.committed_at,
    source: run.sourceName,
    owner_organization: [...tally.organizations][0] ?? null,
    user_count: tally.userCount,
    admin_count: tally.adminCount,
    states: tally.states,
    roles: tally.roles,
    previous_dt: users.previousDt,
    changes: users.changes,
    drift: tally.drift,
    csv_cells_altered: users.csvCellsAltered,
    groups: users.groups,
    objects: commit.objects.map(({ kind, key, bytes, sha256 }) => ({ kind, key, bytes, sha256 })),
    program_version: PROGRAM_VERSION,
  };
}

/** The manifest of a commit, where it is in place and of no other. */
export async function readManifest(store: Store, { number, commit }: CommitEntry): Promise<Manifest | null> {
  const bytes = commit && (await store.read(KEYS.manifest(commit.dt)));
  const manifest = bytes && MANIFEST.safeParse(jsonOf(bytes)).data;
  return manifest?.commit === number ? manifest : null;
}
