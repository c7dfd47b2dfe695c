/** `outcome.json`: what became of each decision of an access review, as the later snapshots show it. */
import * as z from 'zod';
import { CHANGE } from '../changes/change.ts';
import { DT, SHA256 } from '../commits/commit.ts';
import { SCHEMA_VERSION } from '../contract.ts';
import { DECISIONS } from './decision.ts';

const text = z.string().nullable();
const count = z.int().nonnegative();

/** The snapshot that a fact comes from. */
const SOURCE = z.strictObject({ dt: DT, commit: z.int().positive() });
export type Source = Readonly<z.infer<typeof SOURCE>>;

/** Why a decision isn't carried out, why no snapshot proves that it is, or what isn't known about a user to keep. */
export const REASONS = [
  'no_later_snapshot',
  'still_active',
  'disabled_unknown',
  'address_in_use',
  'address_use_unknown',
  'still_administrator',
  'roles_unknown',
  'address_is_administrator',
  'address_roles_unknown',
] as const;
export type Reason = (typeof REASONS)[number];

/**
 * How much of review.json was compared with the snapshot of its commit: every row with its user; only the number of rows, if the users have
 * expired; nothing, if the day was published again.
 */
const ROWS_CHECKED = z.enum(['every_row', 'count', 'none']);
export type RowsChecked = z.infer<typeof ROWS_CHECKED>;

const RECORDED_CHANGE = CHANGE.pick({ change: true, before: true, after: true }).extend(SOURCE.shape).strict();
export type RecordedChange = Readonly<z.infer<typeof RECORDED_CHANGE>>;

const DONE = SOURCE.extend({
  /** The last snapshot before, which doesn't prove it: the review's own, or a later one. Null if the review's own already does. */
  previous: SOURCE.nullable(),
  /** Dates between the two without a snapshot that could be read. It may have been done on one of them. */
  missing_days: z.array(DT),
}).strict();
export type Done = Readonly<z.infer<typeof DONE>>;

const ROW_OUTCOME = z.strictObject({
  row: z.int().positive(),
  id: z.string(),
  email: text,
  decision: z.enum(DECISIONS),
  reviewer: z.string(),
  decided_at: DT,
  remark: z.string(),
  /** `done` and `open` are of `revoke` and `revoke-admin`, the others of `keep`. `unknown`: there is no later snapshot. */
  result: z.enum(['done', 'open', 'unchanged', 'changed', 'unknown']),
  /** The first snapshot from which it has held without interruption up to the newest one. */
  done: DONE.nullable(),
  reason: z.enum(REASONS).nullable(),
  /** Ids of the other users that the reason is about. */
  other_ids: z.array(z.string()),
  /** Whether the newest snapshot has no user with this id. */
  is_gone: z.boolean(),
  /** All recorded changes of the user since the review, ascending. */
  changes: z.array(RECORDED_CHANGE),
});
export type RowOutcome = Readonly<z.infer<typeof ROW_OUTCOME>>;

const JOINED = SOURCE.extend({
  id: z.string(),
  email: text,
  /** Null if the newest snapshot with the user doesn't say it. */
  is_admin: z.boolean().nullable(),
  /** The first snapshot without the user. Null if the newest one has the user. */
  left: SOURCE.nullable(),
}).strict();
export type Joined = Readonly<z.infer<typeof JOINED>>;

/** What the later snapshots prove. */
export const PROOF = z.strictObject({
  /** The commit that published the review's day again. Null if none did. */
  published_again: z.int().positive().nullable(),
  /** The newest snapshot after the review. Null if there is none. */
  newest: SOURCE.extend({ commit_sha256: SHA256 }).strict().nullable(),
  /** Since the review. `missing` includes the refused ones; the users of the `expired` ones are no longer stored. */
  days: z.strictObject({
    published: z.array(SOURCE),
    missing: z.array(DT),
    refused: z.array(DT),
    expired: z.array(DT),
  }),
  counts: z.strictObject({ done: count, open: count, unchanged: count, changed: count, unknown: count, joined: count }),
  /** In the order of the review. */
  rows: z.array(ROW_OUTCOME),
  /** Who joined since the review, ascending by day. */
  joined: z.array(JOINED),
});
export type Outcome = Readonly<z.infer<typeof PROOF>>;

export const OUTCOME = z.strictObject({
  schema_version: z.literal(SCHEMA_VERSION),
  program_version: z.string(),
  closed_at: z.iso.datetime(),
  store: z.string(),
  review: z.strictObject({
    ...SOURCE.shape,
    commit_sha256: SHA256,
    opened_at: z.iso.datetime(),
    /** SHA-256 of review.json. */
    sha256: SHA256,
    rows_checked: ROWS_CHECKED,
  }),
  sheet: z.strictObject({ file: z.string(), sha256: SHA256 }),
  /** What the sheet shows differently from review.json, a line each. It changed nothing. */
  differences: z.array(z.string()),
  ...PROOF.shape,
});
export type OutcomeDocument = Readonly<z.infer<typeof OUTCOME>>;
