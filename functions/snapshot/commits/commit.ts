/** The commit: one publication, as it is stored. */

import * as z from 'zod';
import { KEYS, MOST_BYTES, OBJECT_KINDS, type ObjectKind, SCHEMA_VERSION, SHA256_PATTERN } from '../contract.ts';
import type { StoredObject } from '../store/store.ts';
import { parseDocument, sha256Of } from './document.ts';

/** A key that this product writes. No segment is hidden or `..`, since promoting moves objects to these keys. */
export const KEY = z.string().regex(/^[a-z]+(\/[\w=-][\w.=-]*)+$/);
export const SHA256 = z.string().regex(SHA256_PATTERN);
export const DT = z.iso.date();
const STAGED = z.union([
  z.strictObject({ path: z.string().regex(/^\.staged\/[0-9a-f]{8}\/[\w=-][\w.=-]*$/) }),
  z.strictObject({
    upload_id: z.string().min(1),
    parts: z.array(z.strictObject({ etag: z.string(), checksum: z.string() })),
  }),
]);

export const COMMIT = z.strictObject({
  schema_version: z.literal(SCHEMA_VERSION),
  commit: z.int().positive(),
  previous_commit_sha256: SHA256.nullable(),
  committed_at: z.iso.datetime(),
  dt: DT,
  run_id: z.string().regex(/^[\w-]+$/),
  execution: z.string().regex(/^[0-9a-f]{8}$/),
  scheduled_at: z.string().nullable(),
  objects: z.array(
    z.strictObject({
      kind: z.enum(OBJECT_KINDS),
      key: KEY,
      bytes: z.int().nonnegative(),
      sha256: SHA256,
      staged: STAGED.nullable(),
    }),
  ),
});
/** One publication: the objects of a snapshot, where each is staged, and the hash of the previous commit. */
export type Commit = Omit<z.infer<typeof COMMIT>, 'objects'> & { readonly objects: readonly StoredObject[] };

/** A commit as it is stored. */
export interface CommitEntry {
  readonly number: number;
  /** Of the stored bytes, even if they are damaged. Of their start, if they are more than a commit can have. The next commit holds it. */
  readonly sha256: string;
  /** Undefined if it is damaged: the bytes aren't a commit with this number, or it names no manifest. */
  readonly commit: Commit | undefined;
}

export function parseCommit(number: number, bytes: Uint8Array): CommitEntry {
  const commit = parseDocument(COMMIT, bytes, MOST_BYTES.commit);
  const sound =
    commit?.commit === number &&
    commit.objects.every((object) => isOfDay(object, commit.dt)) &&
    objectOf(commit, 'manifest') !== undefined; // no day is complete without one

  return { number, sha256: sha256Of(bytes), commit: sound ? commit : undefined };
}

/** The object of one kind that a commit or a manifest names. */
export const objectOf = <T extends { readonly kind: ObjectKind }>(
  { objects }: { readonly objects: readonly T[] },
  kind: ObjectKind,
): T | undefined => objects.find((object) => object.kind === kind);

/** Kind and date determine the key. So a commit whose date was edited counts as damaged, and can't block later runs. */
const isOfDay = ({ kind, key }: StoredObject, dt: string): boolean =>
  kind === 'raw' ? key.startsWith(`raw/dt=${dt}/`) : key === KEYS[kind](dt);
