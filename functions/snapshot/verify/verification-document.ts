/** The document of a verification by the function: what was checked, how far it came, and what was found. */
import * as z from 'zod';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../contract.ts';
import type { Finding } from './findings.ts';
import { countIn } from './number-ranges.ts';
import { PARTS } from './progress.ts';
import { shownKey, shownMessage } from './shown-key.ts';
import type { Signatures } from './signatures.ts';
import type { Verification } from './verify.ts';

/** The names of untracked objects are free text, and documents are kept forever. */
const BOUNDS = { findings: 50, length: 300 } as const;
const LEVELS = ['damaged', 'interrupted', 'note'] as const;

export const VERIFICATION = z.strictObject({
  schema_version: z.literal(SCHEMA_VERSION),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
  status: z.enum(['sound', 'damaged', 'interrupted', 'nothing', 'unfinished']),
  complete: z.boolean(),
  stopped_during: z.enum(PARTS).nullable(),
  commits: z.int().nonnegative(),
  newest_commit: z.int().positive().nullable(),
  newest_commit_sha256: z.string().nullable(),
  days_verified: z.int().nonnegative(),
  days_left: z.int().nonnegative().nullable(),
  first_day: z.iso.date().nullable(),
  last_day: z.iso.date().nullable(),
  signatures: z.strictObject({
    checked_with: z.enum(['given keys', 'keys of the store']),
    valid: z.int().nonnegative(),
    invalid: z.int().nonnegative(),
    unsigned: z.int().nonnegative(),
    unsigned_recently: z.int().nonnegative().nullable(),
  }),
  signing_key: z.enum(['known', 'unavailable']).nullable(),
  damaged: z.int().nonnegative(),
  findings: z.array(z.strictObject({ level: z.enum(LEVELS), key: z.string(), message: z.string() })),
  findings_omitted: z.int().nonnegative(),
  program_version: z.string(),
  instance: z.string(),
});
export type VerificationDocument = z.infer<typeof VERIFICATION>;

/** When and where the verification ran. */
export interface Circumstances {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly instance: string;
  /** Whether the key with which the function signs could be read. Null if it doesn't sign. */
  readonly signingKey: VerificationDocument['signing_key'];
}

export function verificationDocument(
  verification: Verification,
  { startedAt, endedAt, instance, signingKey }: Circumstances,
): VerificationDocument {
  const { status, days, findings, stopped } = verification;
  const worstFirst = LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
  const kept = worstFirst.slice(0, BOUNDS.findings);
  return {
    schema_version: SCHEMA_VERSION,
    started_at: startedAt.toISOString(),
    ended_at: endedAt.toISOString(),
    status: statusOf(status, signingKey),
    complete: stopped === undefined,
    stopped_during: stopped?.during ?? null,
    commits: verification.commits,
    newest_commit: verification.newest_commit,
    newest_commit_sha256: verification.newest_commit_sha256,
    days_verified: days.length,
    days_left: stopped ? stopped.days_left : 0,
    first_day: days[0]?.dt ?? null,
    last_day: days.at(-1)?.dt ?? null,
    signatures: signatureCounts(verification.signatures),
    signing_key: signingKey,
    damaged: findings.filter(({ level }) => level === 'damaged').length,
    findings: kept.map(shownFinding),
    findings_omitted: findings.length - kept.length,
    program_version: PROGRAM_VERSION,
    instance,
  };
}

/** Without the signing key, anyone who can write to the store could have signed it, so it doesn't count as sound. Runs report missing days. */
function statusOf(
  status: Verification['status'],
  signingKey: Circumstances['signingKey'],
): VerificationDocument['status'] {
  if (signingKey === 'unavailable' && status !== 'damaged') return 'unfinished';
  return status === 'incomplete' ? 'sound' : status;
}

const signatureCounts = ({ checked_with, valid, invalid, unsigned, unsigned_recently }: Signatures) => ({
  checked_with,
  valid: countIn(valid),
  invalid: countIn(invalid),
  unsigned: countIn(unsigned),
  unsigned_recently: unsigned_recently ?? null,
});

const shownFinding = ({ level, key, message }: Finding) => ({
  level,
  key: bounded(shownKey(key)),
  message: bounded(shownMessage(message)),
});

const bounded = (text: string): string => (text.length > BOUNDS.length ? `${text.slice(0, BOUNDS.length - 1)}…` : text);
