/** Reports each day of a store from its small documents: manifests, run documents and the newest commit. Reads no user. */
import type { CommitEntry } from '../commits/commit.ts';
import { commitNumbers, readNewest } from '../commits/commit-log.ts';
import { manifestDays } from '../commits/manifests.ts';
import type { RunDocument } from '../commits/run-document.ts';
import { KEYS } from '../contract.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { dtOf } from '../utc-day.ts';
import { missingDays, refusedDays } from '../verify/absent-days.ts';
import { EARLIEST } from '../verify/dates.ts';
import { damaged, type Finding } from '../verify/findings.ts';
import { readRunDocuments } from '../verify/run-documents.ts';
import { type DayStatus, statusOfDay } from './day-status.ts';

/** If another run commits during every reading, the last reading is reported. */
const TRIES = 20;

export interface StatusOptions {
  readonly now: Date;
  /** The first date to report on; all days without it. */
  readonly since?: string;
  /** The latest date that a run can have: tomorrow if this clock may be slow and midnight is near. */
  readonly latest: string;
}

export interface StoreStatus {
  /** One entry for each date that has a snapshot or a run, and for each date that is missing, ascending. */
  readonly days: readonly DayStatus[];
  /** Dates that have a snapshot, whatever is left of it. */
  readonly snapshot_days: readonly string[];
  /** As in `verify`: dates between the first snapshot and yesterday that have none, refused ones included. */
  readonly missing_days: readonly string[];
  /** As in `verify`: dates without a snapshot on which the gate refused one, today's included. */
  readonly refused_days: readonly string[];
  /** The first and the last day that have a snapshot, whatever `since` is. */
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly newest_commit: number | null;
  readonly newest_commit_sha256: string | null;
  /** Documents that can't be read and that belong to no day. */
  readonly findings: readonly Finding[];
}

/** Reads the store again if another run commits in the meantime. */
export async function readStatus(store: Store, options: StatusOptions): Promise<StoreStatus> {
  for (let attempt = 1; ; attempt++) {
    const status = await readOnce(store, options);
    const newest = (await commitNumbers(store)).at(-1) ?? null;
    if (newest === status.newest_commit || attempt === TRIES) return status;
  }
}

async function readOnce(store: Store, { now, since = '', latest }: StatusOptions): Promise<StoreStatus> {
  const newest = await readNewest(store); // read before the manifests, so that a commit without its manifest is one that was interrupted
  const { documents, findings } = await readRunDocuments(store, latest);
  const stored = await manifestDays(store);
  const manifests = new Map<string, Buffer>();
  for await (const { key, bytes } of readAll(store, stored.filter((dt) => dt >= since).map(KEYS.manifest)))
    manifests.set(key, bytes);
  const isPossible = (dt: string) => dt >= EARLIEST && dt <= latest;
  const taken = snapshotDays(stored, newest, documents).filter(isPossible);
  const published = taken.map((dt) => ({ dt }));
  const isAsked = (dt: string) => dt >= since;
  const missing = missingDays(published, dtOf(now));
  const runs = Map.groupBy(documents, ({ dt }) => dt);
  const all = new Set([...stored, ...taken, ...missing, ...[...runs.keys()].flatMap((dt) => dt ?? [])]);
  return {
    days: [...all]
      .filter(isAsked)
      .sort()
      .map((dt) => {
        const manifest = manifests.get(KEYS.manifest(dt));
        return statusOfDay({ dt, manifest, runs: runs.get(dt) ?? [], newest, isPossible: isPossible(dt), now });
      }),
    snapshot_days: taken.filter(isAsked),
    missing_days: missing.filter(isAsked),
    refused_days: refusedDays(documents, published).filter(isAsked),
    first_day: taken[0] ?? null,
    last_day: taken.at(-1) ?? null,
    newest_commit: newest?.number ?? null,
    newest_commit_sha256: newest?.sha256 ?? null,
    findings: [...findings, ...commitFindings(newest)],
  };
}

/** Days that were published, whatever is left of them, ascending. */
function snapshotDays(
  stored: readonly string[],
  newest: CommitEntry | undefined,
  documents: readonly RunDocument[],
): string[] {
  const reported = documents.flatMap(({ status, dt }) => (status === 'published' && dt !== null ? dt : []));
  return [...new Set([...stored, ...reported, ...(newest?.commit ? [newest.commit.dt] : [])])].sort();
}

const commitFindings = (newest: CommitEntry | undefined): Finding[] =>
  newest && !newest.commit ? [damaged(KEYS.commit(newest.number), 'is not a commit of this number')] : [];
