/** Reads a store back and checks it against its commits: what `verify` prints, and its exit code. */
import type { Commit, CommitEntry } from '../commits/commit.ts';
import { commitNumbers } from '../commits/commit-log.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { missingDays, nearestDays, refusedDays } from './absent-days.ts';
import { type Chain, readChain } from './chain.ts';
import { type Day, expires, verifyDay } from './day.ts';
import { absencesIn, type ExpiryOptions, type StoredDay } from './expiry.ts';
import { damaged, type Finding } from './findings.ts';
import { publicationFindings, readRunDocuments } from './run-documents.ts';
import { findUntracked, listPublished } from './untracked.ts';

/** Runs commit seconds apart at most; a store in which each reading meets another commit is reported as it was read last. */
const TRIES = 20;
export const VERIFY_CODES = { sound: 0, damaged: 9, interrupted: 10, nothing: 11, incomplete: 12 } as const;

/** The code of one day, if there is one: what expired or was removed is no fault. */
export function codeOfDay(status: Day['status'] | undefined): number {
  if (status === 'damaged' || status === 'interrupted') return VERIFY_CODES[status];
  return status === undefined ? VERIFY_CODES.nothing : VERIFY_CODES.sound;
}

export interface VerifyOptions extends ExpiryOptions {
  /** One day only; all days without it. Commits and run documents are always read whole. */
  readonly dt?: string;
  /** SHA-256 in hex that a commit of the chain must have, noted elsewhere. */
  readonly expect?: string;
  /** The UTC date of today: missing days are named up to yesterday. */
  readonly today: string;
  /** The latest date that a run can have. `today` without it; tomorrow if this clock may be slow and midnight is near. */
  readonly latest?: string;
  /** Whether a day without a snapshot makes the store incomplete, and the first date that counts. */
  readonly failOnMissing?: boolean;
  readonly since?: string;
}

export interface Verification {
  readonly status: keyof typeof VERIFY_CODES;
  readonly code: number;
  readonly days: readonly Omit<Day, 'findings'>[];
  /** Dates between the first snapshot and yesterday that have none. */
  readonly missing_days: readonly string[];
  /** Dates that have none because the gate refused it, today's included. */
  readonly refused_days: readonly string[];
  /** If the one day that was asked for has no snapshot: the day before it and the day after it that have one. */
  readonly nearest_days: readonly string[];
  readonly findings: readonly Finding[];
  readonly commits: number;
  readonly newest_commit: number | null;
  readonly newest_commit_sha256: string | null;
}

/** If another run is at work meanwhile, the store is read again. */
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
  const chain = await readChain(store, latest);
  const { commits } = chain;
  const published = await listPublished(store);
  const days = await verifyDays(store, commits, published, options);
  const findings = [
    ...chain.findings,
    ...runs.findings,
    ...publicationFindings(runs.documents, chain.entries),
    ...expectFindings(chain, expect),
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
    ...absent,
    nearest_days: dt !== undefined && days.length === 0 ? nearestDays(commits, dt) : [],
    findings,
    commits: chain.entries.length,
    newest_commit: newest?.number ?? null,
    newest_commit_sha256: newest?.sha256 ?? null,
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
    days.push(await verifyDay(store, commit, ofDay, absenceOn(commit.dt)));
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
      'no commit of this store has the expected hash: it was rewritten or shortened',
    ),
  ];
}

const isIncomplete = (
  { missing_days, refused_days }: Pick<Verification, 'missing_days' | 'refused_days'>,
  { failOnMissing = false, since = '' }: VerifyOptions,
): boolean => failOnMissing && [...missing_days, ...refused_days].some((dt) => dt >= since);

/** In this order: what is damaged is said before what is only interrupted, absent or missing. */
function statusOf(findings: readonly Finding[], days: readonly Day[], incomplete: boolean): Verification['status'] {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has('damaged')) return 'damaged';
  if (levels.has('interrupted')) return 'interrupted';
  if (days.length === 0) return 'nothing';
  return incomplete ? 'incomplete' : 'sound';
}
