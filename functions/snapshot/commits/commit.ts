import { createHash } from 'node:crypto';
import * as z from 'zod';
import { KEYS, OBJECT_KINDS, SCHEMA_VERSION } from '../contract.ts';
import type { StoredObject } from '../store/store.ts';

/** A key of ours: no segment is hidden or leads upwards, since what a commit names is moved about. */
export const KEY = z.string().regex(/^[a-z]+(\/[\w=-][\w.=-]*)+$/);
export const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
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
/** One publication: the objects that make a snapshot, where each is staged, and the hash of the commit before. */
export type Commit = Omit<z.infer<typeof COMMIT>, 'objects'> & { readonly objects: readonly StoredObject[] };

/** The next commit, whose objects are still without the manifest. */
export function commitFor(
  run: { readonly runId: string; readonly dt: string; readonly scheduledAt: string | null },
  newest: CommitEntry | undefined,
  staged: { readonly execution: string; readonly objects: readonly StoredObject[] },
  committedAt: Date,
): Commit {
  return {
    schema_version: SCHEMA_VERSION,
    commit: (newest?.number ?? 0) + 1,
    previous_commit_sha256: newest?.sha256 ?? null,
    committed_at: committedAt.toISOString(),
    dt: run.dt,
    run_id: run.runId,
    execution: staged.execution,
    scheduled_at: run.scheduledAt,
    objects: staged.objects,
  };
}

/** A commit as it lies in the store. */
export interface CommitEntry {
  readonly number: number;
  /** Of the bytes as they lie, sound or not: the next commit holds it. */
  readonly sha256: string;
  /** Undefined where the bytes aren't a commit of this number: it was damaged. */
  readonly commit: Commit | undefined;
}

export function parseCommit(number: number, bytes: Uint8Array): CommitEntry {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const commit = COMMIT.safeParse(jsonOf(bytes)).data;
  return {
    number,
    sha256,
    commit: commit?.commit === number && commit.objects.every(isOf(commit)) ? commit : undefined,
  };
}

/** An object stands where its kind and the commit's date put it: an edited date can't keep later runs from publishing. */
const isOf =
  ({ dt }: Commit) =>
  ({ kind, key }: StoredObject): boolean =>
    kind === 'raw' ? key.startsWith(`raw/dt=${dt}/`) : key === KEYS[kind](dt);

/** One line of JSON, the form in which every document is written. */
export const documentBytes = (document: object): Buffer => Buffer.from(`${JSON.stringify(document)}\n`);

/** The JSON value that the bytes are, or undefined. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
