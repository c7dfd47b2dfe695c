import type { Commit, CommitEntry } from '../commits/commit.ts';
import { commitNumbers } from '../commits/commit-log.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { daysBetween } from '../utc-day.ts';
import { type Chain, readChain } from './chain.ts';
import { type Day, verifyDay } from './day.ts';
import { damaged, type Finding } from './findings.ts';
import { refusedDays } from './refused.ts';
import { findUntracked } from './untracked.ts';

const TRIES = 20;
export const VERIFY_CODES = { sound: 0, damaged: 9, interrupted: 10, nothing: 11 } as const;

export interface VerifyOptions {
  /** One day only; all days without it. The chain of commits is always read whole. */
  readonly dt?: string;
  /** SHA-256 in hex that a commit of the chain must have, noted elsewhere. */
  readonly expect?: string;
  /** The UTC date of today: missing days are named up to yesterday. */
  readonly today: string;
}

export interface Verification {
  readonly status: keyof typeof VERIFY_CODES;
  readonly code: number;
  readonly days: readonly Omit<Day, 'findings'>[];
  /** Dates between the first snapshot and yesterday that have none. */
  readonly missing_days: readonly string[];
  /** Dates that have none because the gate refused it, today's included. */
  readonly refused_days: readonly string[];
  readonly findings: readonly Finding[];
  readonly commits: number;
  readonly newest_commit: number | null;
  readonly newest_commit_sha256: string | null;
}

/** Reads a store back and checks it against its commits. If another run is at work meanwhile, it is read again. */
export async function verify(store: Store, options: VerifyOptions): Promise<Verification> {
  for (let attempt = 1; ; attempt++) {
    const verification = await verifyOnce(store, options);
    const newest = (await commitNumbers(store)).at(-1) ?? null;
    if (newest === verification.newest_commit || attempt === TRIES) return verification;
  }
}

async function verifyOnce(store: Store, { dt, expect, today }: VerifyOptions): Promise<Verification> {
  const chain = await readChain(store);
  const commits = chain.entries.flatMap(({ commit }) => commit ?? []);
  const newestOfDay = new Map(commits.map((commit) => [commit.dt, commit]));
  const days: Day[] = [];
  for (const commit of newestOfDay.values())
    if (dt === undefined || commit.dt === dt) days.push(await verifyDay(store, commit, earlierOfDay(commits, commit)));
  const findings = [
    ...chain.findings,
    ...expectFindings(chain, expect),
    ...days.flatMap((day) => day.findings),
    ...(await findUntracked(store, commits, dt)),
  ];
  const newest: CommitEntry | undefined = chain.entries.at(-1);
  const status = statusOf(findings, days);
  return {
    status,
    code: VERIFY_CODES[status],
    days: days.map(({ findings: _, ...day }) => day),
    missing_days: dt === undefined ? missingDays(commits, today) : [],
    refused_days: await refusedDays(store, commits, dt),
    findings,
    commits: chain.entries.length,
    newest_commit: newest?.number ?? null,
    newest_commit_sha256: newest?.sha256 ?? null,
  };
}

const earlierOfDay = (commits: readonly Commit[], { commit, dt }: Commit): Commit[] =>
  commits.filter((other) => other.dt === dt && other.commit !== commit);

function expectFindings({ entries }: Chain, expect: string | undefined): Finding[] {
  if (expect === undefined || entries.some(({ sha256 }) => sha256 === expect.toLowerCase())) return [];
  return [
    damaged(
      KEYS.commit(entries.at(-1)?.number ?? 1),
      'no commit of this store has the expected hash: it was rewritten or shortened',
    ),
  ];
}

function statusOf(findings: readonly Finding[], days: readonly Day[]): Verification['status'] {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has('damaged')) return 'damaged';
  if (levels.has('interrupted')) return 'interrupted';
  return days.length === 0 ? 'nothing' : 'sound';
}

function missingDays(commits: readonly Commit[], today: string): string[] {
  const taken = new Set(commits.map(({ dt }) => dt));
  const first = [...taken].sort()[0] ?? today;
  return daysBetween(first, today).filter((dt) => !taken.has(dt));
}
