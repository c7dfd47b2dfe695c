/** Checks a store against its commits. The result is what `verify` prints, and its exit code. */
import type { Commit, CommitEntry } from '../commits/commit.ts';
import { commitNumbers } from '../commits/commit-log.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { missingDays, nearestDays, refusedDays } from './absent-days.ts';
import { type Chain, listCommits, readChain } from './chain.ts';
import { type Day, expires, verifyDay } from './day.ts';
import { absencesIn, type ExpiryOptions, type StoredDay } from './expiry.ts';
import { damaged, type Finding } from './findings.ts';
import { publicationFindings, readRunDocuments } from './run-documents.ts';
import { SignatureCheck, type SignatureOptions, type Signatures } from './signatures.ts';
import { findUntracked, listPublished } from './untracked.ts';

/** How often to read a store that changes in the meantime. Runs commit seconds apart at the fastest, so one reading is usually enough. */
const TRIES = 20;
export const VERIFY_CODES = { sound: 0, damaged: 9, interrupted: 10, nothing: 11, incomplete: 12 } as const;

/** The exit code for one day. Objects that expired or were removed aren't an error. */
export function codeOfDay(status: Day['status'] | undefined): number {
  if (status === 'damaged' || status === 'interrupted') return VERIFY_CODES[status];
  return status === undefined ? VERIFY_CODES.nothing : VERIFY_CODES.sound;
}

export interface VerifyOptions extends ExpiryOptions, SignatureOptions {
  /** Checks only this day. Default: all days. All commits, signatures and run documents are read in any case. */
  readonly dt?: string;
  /** A SHA-256 in hex, noted outside of the store, that one of the commits must have. */
  readonly expect?: string;
  /** The UTC date of today. Missing days are listed up to yesterday. */
  readonly today: string;
  /** The latest date that a run can have. Default: `today`. Tomorrow, if this clock may be slow and midnight is near. */
  readonly latest?: string;
  /** Whether a day without a snapshot makes the store incomplete. */
  readonly failOnMissing?: boolean;
  /** The first date for which `failOnMissing` applies. */
  readonly since?: string;
  /** Recomputes each verified day. The caller passes it in, so that no function's bundle contains it. */
  readonly recompute?: (store: Store, day: Day, commits: readonly Commit[]) => Promise<Day>;
}

export interface Verification {
  readonly status: keyof typeof VERIFY_CODES;
  readonly code: number;
  readonly days: readonly Omit<Day, 'findings'>[];
  /** How many days were recomputed from their raw response, at least their users. Absent unless that was asked for. */
  readonly recomputed?: number;
  /** Dates between the first snapshot and yesterday without a snapshot. */
  readonly missing_days: readonly string[];
  /** Dates without a snapshot because the gate refused it, including today. */
  readonly refused_days: readonly string[];
  /** If `dt` has no snapshot: the nearest days before and after it that have one. */
  readonly nearest_days: readonly string[];
  readonly findings: readonly Finding[];
  readonly commits: number;
  readonly newest_commit: number | null;
  readonly newest_commit_sha256: string | null;
  readonly signatures: Signatures;
}

/** Verifies the store. If a run commits in the meantime, starts over. */
export async function verify(store: Store, options: VerifyOptions): Promise<Verification> {
  for (let attempt = 1; ; attempt++) {
    const verification = await verifyOnce(store, options);
    const newest = (await commitNumbers(store)).at(-1) ?? null;
    if (newest === verification.newest_commit || attempt === TRIES) return verification;
  }
}

async function verifyOnce(store: Store, options: VerifyOptions): Promise<Verification> {
  const { dt, expect, today, latest = today } = options;
  const runs = await readRunDocuments(store, latest);
  const listed = await listCommits(store);
  const check = await SignatureCheck.begin(store, options);
  const chain = await readChain(store, listed, latest, check.visit);
  const signed = check.result();
  const { commits } = chain;
  const published = await listPublished(store);
  const days = await verifyDays(store, commits, published, options);
  const findings = [
    ...chain.findings,
    ...runs.findings,
    ...publicationFindings(runs.documents, chain.entries),
    ...expectFindings(chain, expect),
    ...signed.findings,
    ...days.flatMap((day) => day.findings),
    ...(await findUntracked(store, published, commits, dt)),
  ];
  const isAsked = (one: string) => dt === undefined || one === dt;
  const absent = {
    missing_days: missingDays(commits, today).filter(isAsked),
    refused_days: refusedDays(runs.documents, commits).filter(isAsked),
  };
  const newest: CommitEntry | undefined = chain.entries.at(-1);
  const status = statusOf(findings, days, isIncomplete(absent, options));
  return {
    status,
    code: VERIFY_CODES[status],
    days: days.map(({ findings: _, ...day }) => day),
    ...(options.recompute && { recomputed: days.filter(({ recomputed }) => recomputed !== 'nothing').length }),
    ...absent,
    nearest_days: dt !== undefined && days.length === 0 ? nearestDays(commits, dt) : [],
    findings,
    commits: chain.entries.length,
    newest_commit: newest?.number ?? null,
    newest_commit_sha256: newest?.sha256 ?? null,
    signatures: signed.signatures,
  };
}

async function verifyDays(
  store: Store,
  commits: readonly Commit[],
  published: readonly string[],
  options: VerifyOptions,
): Promise<Day[]> {
  const newestOfDay = [...new Map(commits.map((commit) => [commit.dt, commit])).values()];
  const inPlace = new Set(published);
  const absenceOn = absencesIn(
    newestOfDay.map((commit) => storedDay(commit, inPlace)),
    options,
  );
  const days: Day[] = [];
  for (const commit of newestOfDay) {
    if (options.dt !== undefined && commit.dt !== options.dt) continue;
    const ofDay = commits.filter(({ dt }) => dt === commit.dt);
    const day = await verifyDay(store, commit, ofDay, absenceOn(commit.dt));
    days.push((await options.recompute?.(store, day, commits)) ?? day);
  }
  return days;
}

function storedDay({ dt, objects }: Commit, inPlace: ReadonlySet<string>): StoredDay {
  const own = objects.filter(expires);
  const kept = own.filter(({ key }) => inPlace.has(key)).length;
  return { dt, kept: kept === own.length ? 'all' : kept === 0 ? 'none' : 'some' };
}

function expectFindings({ entries }: Chain, expect: string | undefined): Finding[] {
  if (expect === undefined || entries.some(({ sha256 }) => sha256 === expect.toLowerCase())) return [];
  return [
    damaged(
      KEYS.commit(entries.at(-1)?.number ?? 1),
      'no commit has the expected hash: the store was rewritten or truncated',
    ),
  ];
}

const isIncomplete = (
  { missing_days, refused_days }: Pick<Verification, 'missing_days' | 'refused_days'>,
  { failOnMissing = false, since = '' }: VerifyOptions,
): boolean => failOnMissing && [...missing_days, ...refused_days].some((dt) => dt >= since);

/** The worst status counts: damaged, interrupted, nothing, then incomplete. */
function statusOf(findings: readonly Finding[], days: readonly Day[], incomplete: boolean): Verification['status'] {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has('damaged')) return 'damaged';
  if (levels.has('interrupted')) return 'interrupted';
  if (days.length === 0) return 'nothing';
  return incomplete ? 'incomplete' : 'sound';
}
