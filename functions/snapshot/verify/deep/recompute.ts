/** Recomputes a day from its raw response, and compares the result with what is stored. */
import { type Commit, objectOf } from '../../commits/commit.ts';
import { KEYS } from '../../contract.ts';
import type { Store, StoredObject } from '../../store/store.ts';
import type { Day } from '../day.ts';
import { damaged, type Finding, note } from '../findings.ts';
import { type Computed, compute } from './compute.ts';
import { figureFindings } from './figures.ts';
import { objectFindings } from './object-findings.ts';
import { checkPrevious } from './previous-day.ts';
import { provenanceFindings } from './provenance.ts';
import { hasRows, type RecordedDay, readPrevious, readRecorded } from './recorded-day.ts';
import { isKnown } from './versions.ts';

/**
 * Recomputes a day that has been verified. Adds what was found, and what wasn't recomputed and why.
 * @param commits all valid commits
 */
export async function recompute(store: Store, day: Day, commits: readonly Commit[]): Promise<Day> {
  const commit = commits.find((one) => one.commit === day.commit);
  const recorded = commit && (await readRecorded(store, commit));
  if (!commit || !recorded || day.users === null)
    return found(
      day,
      nothing(day.status === 'interrupted' ? 'it is not finished yet' : 'its manifest is damaged or missing'),
    );
  const earlier = commits.filter((one) => one.commit < commit.commit);
  const { findings, isNearest } = await checkPrevious(store, recorded, earlier);
  const isSound = (key: string) => !day.findings.some((finding) => finding.level === 'damaged' && finding.key === key);
  const result = await recomputeFrom(objectOf(commit, 'raw'), { store, recorded, earlier, isSound });
  const isJudged = isNearest || result.recomputed === 'nothing';
  return found(day, {
    ...(isJudged ? result : { recomputed: 'users', why: result.why ?? UNPROVEN }),
    findings: [
      ...versionFindings(recorded),
      ...(await provenanceFindings(store, recorded, commits)),
      ...findings,
      ...result.findings,
    ],
  });
}

const UNPROVEN = 'nothing shows why they do not compare with the nearest earlier snapshot';

/** What was found and recomputed, and why not all. */
interface Recomputation {
  readonly findings: readonly Finding[];
  readonly recomputed: Exclude<Day['recomputed'], undefined>;
  readonly why: string | null;
}

interface Recomputing {
  readonly store: Store;
  readonly recorded: RecordedDay;
  readonly earlier: readonly Commit[];
  readonly isSound: (key: string) => boolean;
}

async function recomputeFrom(raw: StoredObject | undefined, recomputing: Recomputing): Promise<Recomputation> {
  const { store, recorded, isSound } = recomputing;
  if (!raw) return nothing('no raw response was kept');
  if (!isSound(raw.key)) return nothing('the raw response is damaged');
  const { previous, computed, unreadable } = await computeWith(recomputing, raw);
  if ('failure' in computed) {
    if (computed.failure !== 'raw') return nothing('the raw response has expired or was removed');
    const problem = damaged(raw.key, `can't be what was published: ${computed.message}`);
    return { ...nothing('the raw response is damaged'), findings: [problem] };
  }
  const withChanges = recorded.previous_dt === null || previous !== undefined;
  const objects = await objectFindings({ store, day: recorded, raw, previous, withChanges, isSound }, computed);
  const findings = [
    ...responseFindings(recorded, raw, computed),
    ...unreadable,
    ...figureFindings(recorded, computed, { withChanges, ...objects }),
    ...objects.findings,
  ];
  if (withChanges) return { findings, recomputed: 'all', why: null };
  return { findings, recomputed: 'users', why: 'the users of the previous snapshot are gone or damaged' };
}

/** Without the previous snapshot if its rows can't be used: the users are recomputed nevertheless. */
async function computeWith({ store, recorded: day, earlier }: Recomputing, raw: StoredObject) {
  const previous = day.previous_dt === null ? undefined : await readPrevious(store, earlier, day.previous_dt);
  const computed = await compute(store, day, raw, previous);
  if (!previous || !('failure' in computed) || computed.failure === 'gone' || computed.failure === 'raw')
    return { previous, computed, unreadable: [] };
  const isCommitted = computed.failure === 'unreadable previous' && (await hasRows(store, previous));
  const unreadable = isCommitted
    ? [damaged(previous.rowsKey, "has the commit's hash, but not all lines are users")]
    : [];
  return { previous: undefined, computed: await compute(store, day, raw, undefined), unreadable };
}

/** Compares the unpacked bytes with the manifest's `response`, which older manifests lack. */
function responseFindings({ response }: RecordedDay, { key }: StoredObject, { body }: Computed): Finding[] {
  if (!response || (response.bytes === body.bytes && response.sha256 === body.sha256)) return [];
  return [damaged(key, "doesn't unpack to the response that the manifest names")];
}

function versionFindings({ dt, program_version }: RecordedDay): Finding[] {
  if (isKnown(program_version)) return [];
  return [
    note(KEYS.manifest(dt), 'names a program version that this one does not know; verify it with that version, too'),
  ];
}

const nothing = (why: string): Recomputation => ({ findings: [], recomputed: 'nothing', why });

function found(day: Day, { findings, recomputed, why }: Recomputation): Day {
  const isDamaged = findings.some(({ level }) => level === 'damaged');
  return {
    ...day,
    ...(isDamaged && { status: 'damaged' }),
    findings: [...day.findings, ...findings],
    recomputed,
    not_recomputed: why,
  };
}
