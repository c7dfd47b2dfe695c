/** Checks a store against its commits. The result is what `verify` prints, and its exit code. */
import type { Commit, CommitEntry } from '../commits/commit.ts';
import { commitNumbers } from '../commits/commit-log.ts';
import { KEYS } from '../contract.ts';
import { stoppable } from '../store/stoppable.ts';
import type { Store } from '../store/store.ts';
import { nearestDays } from '../utc-day.ts';
import { missingDays, refusedDays, unrecomputedDays } from './absent-days.ts';
import type { Chain } from './chain.ts';
import type { Day } from './day.ts';
import { damaged, type Finding } from './findings.ts';
import { type Part, Progress } from './progress.ts';
import { publicationFindings, type RunDocuments, readRunDocuments } from './run-documents.ts';
import type { SignatureOptions, Signatures } from './signatures.ts';
import { readSignedChain, type SignedChain } from './signed-chain.ts';
import { findUntracked, listPublished } from './untracked.ts';
import { type DaysOptions, daysToVerify, verifyDays } from './verify-days.ts';

/** How often to read a store that changes in the meantime. Runs commit seconds apart at the fastest, so one reading is usually enough. */
const TRIES = 20;
/** How long a stopped verification may take to find out whether a run has committed. */
const LAST_LOOK_MILLISECONDS = 5_000;
export const VERIFY_CODES = { sound: 0, damaged: 9, interrupted: 10, nothing: 11, incomplete: 12 } as const;

/** The exit code for one day. Objects that expired or were removed aren't an error. */
export function codeOfDay(status: Day['status'] | undefined): number {
  if (status === 'damaged' || status === 'interrupted') return VERIFY_CODES[status];
  return status === undefined ? VERIFY_CODES.nothing : VERIFY_CODES.sound;
}

const NO_RUNS: RunDocuments = { documents: [], findings: [] };

export interface VerifyOptions extends DaysOptions, SignatureOptions {
  /** A SHA-256 in hex, noted outside of the store, that one of the commits must have. */
  readonly expect?: string;
  /** The UTC date of today. Missing days are listed up to yesterday. */
  readonly today: string;
  /** The latest date that a run can have. Default: `today`. Tomorrow, if this clock may be slow and midnight is near. */
  readonly latest?: string;
  /** Whether a day without a snapshot, or one that was to be recomputed but couldn't be, makes the store incomplete. */
  readonly failOnMissing?: boolean;
  /** The first date for which `failOnMissing` applies. */
  readonly since?: string;
  /** Stops the verification when it aborts. Default: it is never stopped. */
  readonly stop?: AbortSignal;
}

export interface Verification {
  /** `unfinished`: it was stopped, and nothing that it had checked is damaged. */
  readonly status: keyof typeof VERIFY_CODES | 'unfinished';
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
  /** How far the verification came. Only if it was stopped. */
  readonly stopped?: Stopped;
}

/** How far a verification came that was stopped. `days` has the newest ones, and `newest_commit` is null if some commits weren't read. */
export interface Stopped {
  readonly during: Part;
  /** How many days were to be checked but weren't. Null if not all commits were read. */
  readonly days_left: number | null;
}

/** Verifies the store. If a run commits in the meantime, starts over, unless it is stopped. */
export async function verify(store: Store, options: VerifyOptions): Promise<Verification> {
  const { stop } = options;
  const hasCommitted = async (newest: number | null) => newest !== (await newestNumber(store, stop !== undefined));
  for (let attempt = 1; ; attempt++) {
    const checked = await checkParts(stop ? stoppable(store, stop) : store, options);
    const { stopped, chain } = checked;
    // What a new commit replaced isn't damage. Without all commits, no day was checked.
    const isStale = chain.isWhole && (await hasCommitted(chain.newest?.number ?? null));
    if (!isStale || attempt === TRIES) return verificationOf(checked, options);
    if (stopped) return verificationOf({ ...checked, days: [], untracked: [] }, options);
  }
}

/** The number of the newest commit. Undefined if the store doesn't say so in time. */
async function newestNumber(store: Store, isLimited: boolean): Promise<number | null | undefined> {
  const read = isLimited ? stoppable(store, AbortSignal.timeout(LAST_LOOK_MILLISECONDS)) : store;
  return new Progress().part('commits', undefined, async () => (await commitNumbers(read)).at(-1) ?? null);
}

/** What each part found. */
interface Checked {
  readonly runs: RunDocuments;
  readonly chain: SignedChain & { readonly isWhole: boolean; readonly newest: CommitEntry | undefined };
  /** The days to check, and those that were checked. */
  readonly due: readonly Commit[];
  readonly days: readonly Day[];
  readonly untracked: readonly Finding[];
  readonly stopped: Part | undefined;
}

async function checkParts(store: Store, options: VerifyOptions): Promise<Checked> {
  const { dt, today, latest = today } = options;
  const progress = new Progress();
  const runs = await progress.part('run documents', NO_RUNS, () => readRunDocuments(store, latest, progress));
  const read = await readSignedChain(store, options, latest, progress);
  const isWhole = progress.stoppedIn === undefined;
  const commits = isWhole ? read.commits : [];
  const published = await progress.part('days', [], () => listPublished(store));
  const due = daysToVerify(commits, options);
  const days: Day[] = [];
  for await (const day of progress.itemsOf('days', verifyDays(store, commits, due, published, options)))
    days.unshift(day);
  const untracked = await progress.part('untracked objects', [], () => findUntracked(store, published, commits, dt));
  const chain = { ...read, commits, isWhole, newest: isWhole ? read.entries.at(-1) : undefined };
  return { runs, chain, due, days, untracked, stopped: progress.stoppedIn };
}

function verificationOf(checked: Checked, options: VerifyOptions): Verification {
  const { runs, chain, due, days, untracked, stopped: during } = checked;
  const { dt, expect, today } = options;
  const { isWhole, newest, commits } = chain;
  const findings = [
    ...chain.findings,
    ...runs.findings,
    ...(isWhole ? publicationFindings(runs.documents, chain.entries) : []),
    ...(isWhole ? expectFindings(chain, expect) : []),
    ...chain.signed.findings,
    ...days.flatMap((day) => day.findings),
    ...untracked,
  ];
  const isAsked = (one: string) => dt === undefined || one === dt;
  const absent = {
    missing_days: missingDays(commits, today).filter(isAsked),
    refused_days: isWhole ? refusedDays(runs.documents, commits).filter(isAsked) : [],
  };
  const stopped = during && { during, days_left: isWhole ? due.length - days.length : null };
  const status = statusOf(findings, days, isIncomplete(absent, days, options), stopped);
  return {
    status,
    code: VERIFY_CODES[status === 'unfinished' ? 'incomplete' : status],
    days: days.map(({ findings: _, ...day }) => day),
    ...(options.recompute && { recomputed: days.filter(({ recomputed }) => recomputed !== 'nothing').length }),
    ...absent,
    nearest_days:
      dt !== undefined && days.length === 0
        ? nearestDays(
            commits.map((commit) => commit.dt),
            dt,
          )
        : [],
    findings,
    commits: chain.entries.length,
    newest_commit: newest?.number ?? null,
    newest_commit_sha256: newest?.sha256 ?? null,
    signatures: chain.signed.signatures,
    ...(stopped && { stopped }),
  };
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
  days: readonly Day[],
  { failOnMissing = false, since = '' }: VerifyOptions,
): boolean => failOnMissing && [...missing_days, ...refused_days, ...unrecomputedDays(days)].some((dt) => dt >= since);

/** The worst status counts: damaged, unfinished, interrupted, nothing, then incomplete. */
function statusOf(
  findings: readonly Finding[],
  days: readonly Day[],
  incomplete: boolean,
  stopped: Stopped | undefined,
): Verification['status'] {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has('damaged')) return 'damaged';
  if (stopped) return 'unfinished';
  if (levels.has('interrupted')) return 'interrupted';
  if (days.length === 0) return 'nothing';
  return incomplete ? 'incomplete' : 'sound';
}
