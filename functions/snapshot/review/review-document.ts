/** `review.json`: the frozen population of an access review. What was decided is judged by it, and by nothing that the sheet says. */
import * as z from 'zod';
import { DT, SHA256 } from '../commits/commit.ts';
import { SCHEMA_VERSION, STATES } from '../contract.ts';

const text = z.string().nullable();
const count = z.int().nonnegative();

/** A snapshot on which the review is based. */
const SNAPSHOT = z.strictObject({ dt: DT, commit: z.int().positive(), commit_sha256: SHA256 });

/** A user to decide on. Columns that the view access_review has too have the same names and values. */
export const REVIEW_ROW = z.strictObject({
  /** From 1, in the order of the sheet. */
  row: z.int().positive(),
  dt: DT,
  id: z.string(),
  email: text,
  first_name: text,
  last_name: text,
  state: z.enum(STATES),
  is_admin: z.boolean(),
  admin_since: DT.nullable(),
  /** Joined by `, `. */
  roles: text,
  group_names: text,
  created_at: text,
  last_active: text,
  quiet_days: z.int().nullable(),
  first_dt: DT,
  changed_dt: DT.nullable(),
  changes: text,
  /** No activity for more than the review's `dormant_days`, by milliseconds as for `state`. */
  is_dormant: z.boolean(),
  /** Kinds of changes since the day that `--since` names, joined by `, `. Null without `--since`, empty if nothing changed. */
  changed_since: text,
  /** Whether the company's list of people has the address. Null without a list. */
  is_on_people_list: z.boolean().nullable(),
  /** Why the user is an exception. Null if it is none. */
  exception: text,
  /** SHA-256 of the user's line in the day's JSON Lines, without its line end. */
  sha256: SHA256,
});
export type ReviewRow = Readonly<z.infer<typeof REVIEW_ROW>>;

export const REVIEW = z.strictObject({
  schema_version: z.literal(SCHEMA_VERSION),
  program_version: z.string(),
  opened_at: z.iso.datetime(),
  /** The store, as messages name it. */
  store: z.string(),
  snapshot: SNAPSHOT,
  /** The snapshot that `--since` names. */
  since: SNAPSHOT.nullable(),
  dormant_days: z.int().positive(),
  /** Files that the review was opened with, by name and hash. */
  people: z
    .strictObject({
      file: z.string(),
      sha256: SHA256,
      column: z.string(),
      addresses: count,
      /** Addresses without an account, sorted. */
      without_account: z.array(z.string()),
    })
    .nullable(),
  exceptions: z.strictObject({ file: z.string(), sha256: SHA256, count }).nullable(),
  rows: z.array(REVIEW_ROW),
});
export type Review = Readonly<z.infer<typeof REVIEW>>;
