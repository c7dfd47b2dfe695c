/** Decides the state of one day from its manifest, its run documents and the newest commit. */
import { type CommitEntry, objectOf } from '../commits/commit.ts';
import { sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestProblem, parseManifest } from '../commits/manifests.ts';
import { isUnderWay, type RunDocument } from '../commits/run-document.ts';
import { KEYS } from '../contract.ts';

/**
 * `published`: the manifest is in place. `interrupted`: committed, not finished. `running`: a run is under way. `refused`, `failed`: how
 * the runs ended. `missing`: no run, or the last one was superseded. `damaged`: a document is unreadable or contradicts another. Only
 * `verify` reads the objects of a day, and can say that it is sound.
 */
export type DayState = 'published' | 'interrupted' | 'running' | 'refused' | 'failed' | 'missing' | 'damaged';

export interface DayStatus {
  readonly dt: string;
  readonly state: DayState;
  /** Counts of users. Null if there is no readable manifest. */
  readonly users: number | null;
  readonly administrators: number | null;
  /** Null as well if there was nothing to compare with. */
  readonly joined: number | null;
  readonly left: number | null;
  /** The commit of the manifest. */
  readonly commit: number | null;
  /** How many run documents the day has. */
  readonly runs: number;
  /** The exit code of the run that failed or was refused. */
  readonly code: number | null;
  /** The reason for the state. For a published day, what is wrong with a later run. */
  readonly message: string | null;
}

/** What is stored of a day. */
export interface StoredDocuments {
  readonly dt: string;
  readonly manifest: Uint8Array | undefined;
  readonly runs: readonly RunDocument[];
  readonly newest: CommitEntry | undefined;
  /** Whether a run can have this date. */
  readonly isPossible: boolean;
  readonly now: Date;
}

export function statusOfDay(day: StoredDocuments): DayStatus {
  const manifest = day.manifest && parseManifest(day.dt, day.manifest);
  const { state, code = null, message = null } = judge(day, manifest);
  return {
    dt: day.dt,
    state,
    users: manifest?.user_count ?? null,
    administrators: manifest?.admin_count ?? null,
    joined: manifest?.changes?.joined ?? null,
    left: manifest?.changes?.left ?? null,
    commit: manifest?.commit ?? null,
    runs: day.runs.length,
    code,
    message,
  };
}

interface Judgement {
  readonly state: DayState;
  readonly code?: number | null;
  readonly message?: string;
}

const damagedBecause = (message: string): Judgement => ({ state: 'damaged', message });

function judge(day: StoredDocuments, manifest: Manifest | undefined): Judgement {
  const { dt, newest, now } = day;
  if (!day.isPossible) return damagedBecause('no run can have this date');
  if (day.manifest && !manifest) return damagedBecause(`${KEYS.manifest(dt)} ${manifestProblem(day.manifest).problem}`);
  const runs = day.runs.toSorted(newestFirst);
  if (newest?.commit?.dt === dt && newest.number > (manifest?.commit ?? 0)) {
    return runs.some((run) => isUnderWay(run, now))
      ? { state: 'running', message: `commit ${newest.number} is being finished` }
      : { state: 'interrupted', message: `commit ${newest.number} is not finished: the next run finishes it` };
  }
  if (!manifest || !day.manifest) return withoutManifest(dt, runs, now);
  return contradiction(manifest, day.manifest, newest) ?? { state: 'published', ...laterRun(manifest, runs, now) };
}

/** Most recently started first, as the view missing_days orders them. */
function newestFirst(a: RunDocument, b: RunDocument): number {
  const [one, other] = [`${a.started_at} ${a.run_id}`, `${b.started_at} ${b.run_id}`];
  return one === other ? 0 : one > other ? -1 : 1;
}

function contradiction(manifest: Manifest, bytes: Uint8Array, newest: CommitEntry | undefined): Judgement | undefined {
  if (manifest.commit > (newest?.number ?? 0))
    return damagedBecause(`${KEYS.manifest(manifest.dt)} is of commit ${manifest.commit}, which does not exist`);
  if (manifest.commit !== newest?.number || !newest.commit) return undefined;
  return objectOf(newest.commit, 'manifest')?.sha256 === sha256Of(bytes)
    ? undefined
    : damagedBecause(`${KEYS.manifest(manifest.dt)} does not match commit ${newest.number}`);
}

function withoutManifest(dt: string, runs: readonly RunDocument[], now: Date): Judgement {
  const commits = runs.flatMap(({ status, commit }) => (status === 'published' && commit !== undefined ? commit : []));
  if (commits.length > 0)
    return damagedBecause(`commit ${Math.max(...commits)} was published, but ${KEYS.manifest(dt)} is missing`);
  if (runs.some((run) => isUnderWay(run, now))) return { state: 'running' };
  const ended = runs.find(({ status }) => status === 'refused') ?? runs[0]; // as in `verify`, one refusal is enough
  if (!ended) return { state: 'missing' };
  if (ended.status === 'superseded') return { state: 'missing', ...reasonOf(ended) };
  return { state: ended.status === 'refused' ? 'refused' : 'failed', ...reasonOf(ended) };
}

const KILLED = 'started and never ended: it was killed';

function reasonOf({ status, code, message, started_at }: RunDocument): Pick<Judgement, 'code' | 'message'> {
  return status === 'running' || status === 'requested'
    ? { message: `the run of ${started_at} ${KILLED}` }
    : { code, message: message ?? '' };
}

/** What became of a run that started after the one that published the day, or why that one couldn't be reported to the alarms. */
function laterRun(
  { run_id }: Manifest,
  [last]: readonly RunDocument[],
  now: Date,
): Pick<Judgement, 'code' | 'message'> {
  if (!last || last.status === 'superseded') return {};
  if (last.status === 'published') return last.message === null ? {} : { message: last.message };
  if (last.run_id === run_id) return {};
  if (isUnderWay(last, now)) return { message: 'another run is under way' };
  const { code, message } = reasonOf(last);
  if (code === undefined) return { message: `a later run ${KILLED}` };
  return { code, message: `a later run ${last.status === 'refused' ? 'was refused' : 'failed'}: ${message}` };
}
