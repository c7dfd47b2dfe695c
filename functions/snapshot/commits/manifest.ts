/** The manifest of a day: its schema, and how to read it. */

import * as z from 'zod';
import { CHANGES, KEYS, OBJECT_KINDS, SCHEMA_VERSION, STATES, TRIGGERS } from '../contract.ts';
import { GROUPS_ORIGIN, HOST, type Host, ORIGIN } from '../origin.ts';
import type { Store } from '../store/store.ts';
import { DOCUMENTED_FIELDS } from '../user.ts';
import { type CommitEntry, DT, KEY, SHA256 } from './commit.ts';
import { readDocument } from './document.ts';

const count = z.int().nonnegative();
const names = z.array(z.string());
/** A count for each name. */
const countsOf = <Name extends string>(all: readonly Name[]) => z.record(z.enum(all), count);

/** How the account was received. `groups_received` is null if the groups couldn't be received. */
const RECEIVED = ORIGIN.extend({ groups_received: GROUPS_ORIGIN.nullable(), host: HOST });
const OBJECT = z.strictObject({ kind: z.enum(OBJECT_KINDS), key: KEY, bytes: count, sha256: SHA256, rows: count });

/**
 * The proof that a snapshot is complete. It is promoted last, and holds the hash of every object and the snapshot's figures.
 * Numbers are counts of users unless their name says otherwise. Times are ISO 8601 UTC. What is optional was added later.
 */
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
  states: countsOf(STATES),
  /** Documented roles, and the undocumented ones that `drift` lists. `…` counts the rest together. */
  roles: z.record(z.string(), count),
  previous_dt: DT.nullable(),
  changes: countsOf(CHANGES).nullable(),
  /** How many users have a valid value, for each documented field. An empty list is a value, an empty text isn't. */
  present: countsOf(DOCUMENTED_FIELDS),
  drift: z.strictObject({
    unknown_fields: names,
    unknown_roles: names,
    aliases: names,
    missing_fields: names,
    invalid_fields: names,
    invalid_values: count,
    duplicates: count,
    lone_surrogates: count,
  }),
  csv_cells_altered: count,
  /** `denied` if the token may not read them, `failed` if they couldn't be received. `absent` is reserved. */
  groups: z.enum(['published', 'denied', 'failed', 'absent']),
  objects: z.array(OBJECT.partial({ rows: true })),
  program_version: z.string(),
  ...RECEIVED.partial().shape,
});
export type Manifest = z.infer<typeof MANIFEST>;

type Received = z.infer<typeof RECEIVED>;

/** A manifest as it is written: nothing is missing. */
export type WrittenManifest = Omit<Manifest, keyof Received | 'objects'> &
  Omit<Received, 'host'> & { readonly host: Host; readonly objects: z.infer<typeof OBJECT>[] };

/** The part of a manifest that describes the account. */
export type ManifestFacts = Pick<
  WrittenManifest,
  | 'observed_at'
  | 'owner_organization'
  | 'user_count'
  | 'admin_count'
  | 'states'
  | 'roles'
  | 'previous_dt'
  | 'changes'
  | 'present'
  | 'drift'
  | 'csv_cells_altered'
  | 'groups'
  | 'request'
  | 'response'
  | 'token'
  | 'groups_received'
>;

/** The manifest of a commit. Null if it hasn't been promoted, or the day's manifest is another commit's. */
export async function readManifest(store: Store, { number, commit }: CommitEntry): Promise<Manifest | null> {
  const manifest = commit && (await readDocument(store, KEYS.manifest(commit.dt), MANIFEST));
  return manifest?.commit === number ? manifest : null;
}
