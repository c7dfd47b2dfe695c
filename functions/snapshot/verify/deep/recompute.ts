/** Recomputes a day from its raw response, and compares the result with what is stored. */
import { type Commit, objectOf } from '../../commits/commit.ts';
import { KEYS } from '../../contract.ts';
import type { Store, StoredObject } from '../../store/store.ts';
import type { Day } from '../day.ts';
import { damaged, type Finding, note } from '../findings.ts';
import { type Computed, compute } from './compute.ts';
import { figureFindings } from './figures.ts';
import { objectFindings } from './object-findings.ts';
import { type RecordedDay, readPrevious, readRecorded } from './recorded-day.ts';

/**
 * Recomputes a day that has been verified. Adds what was found, and what wasn't recomputed and why.
 * @param commits all valid commits
 */
export async function recompute(store: Store, day: Day, commits: readonly Commit[]): Promise<Day> {
  const commit = commits.find((one) => one.commit === day.commit);
  const recorded = commit && (await readRecorded(store, commit));
  const raw = commit && objectOf(commit, 'raw');
  const isSound = (key: string) => !day.findings.some((finding) => finding.level === 'damaged' && finding.key === key);
  if (!commit || !recorded || day.users === null)
    return without(day, day.status === 'interrupted' ? 'it is not finished yet' : 'its manifest is damaged or missing');
  if (!raw) return without(day, 'no raw response was kept');
  if (!isSound(raw.key)) return without(day, 'the raw response is damaged');
  const earlier = commits.filter((one) => one.commit < commit.commit);
  const { previous, computed } = await computeWith(store, recorded, raw, earlier);
  if ('failure' in computed)
    return computed.failure === 'raw'
      ? without(day, 'the raw response is damaged', [
          damaged(raw.key, `can't be what was published: ${computed.message}`),
        ])
      : without(day, 'the raw response has expired or was removed');
  const withChanges = recorded.previous_dt === null || previous !== undefined;
  const objects = await objectFindings({ store, day: recorded, raw, previous, withChanges, isSound }, computed);
  const findings = [
    ...responseFindings(recorded, raw, computed),
    ...previousFindings(recorded, commit, earlier),
    ...figureFindings(recorded, computed, { withChanges, ...objects }),
    ...objects.findings,
  ];
  const lack = withChanges ? null : 'the users of the previous snapshot are gone or damaged';
  return found(day, findings, withChanges ? 'all' : 'users', lack);
}

/** Without the previous snapshot if its rows can't be used: the users are recomputed nevertheless. */
async function computeWith(store: Store, day: RecordedDay, raw: StoredObject, earlier: readonly Commit[]) {
  const previous = day.previous_dt === null ? undefined : await readPrevious(store, earlier, day.previous_dt);
  const computed = await compute(store, day, raw, previous);
  if (!('failure' in computed) || computed.failure !== 'previous') return { previous, computed };
  return { previous: undefined, computed: await compute(store, day, raw, undefined) };
}

/** Compares the unpacked bytes with the manifest's `response`, which older manifests lack. */
function responseFindings({ response }: RecordedDay, { key }: StoredObject, { body }: Computed): Finding[] {
  if (!response || (response.bytes === body.bytes && response.sha256 === body.sha256)) return [];
  return [damaged(key, "doesn't unpack to the response that the manifest names")];
}

/** Nothing proves which older snapshot was sound when the day was published, so another one than the nearest is only noted. */
function previousFindings({ dt, previous_dt }: RecordedDay, commit: Commit, earlier: readonly Commit[]): Finding[] {
  const key = KEYS.manifest(dt);
  const days = earlier.flatMap((one) => (one.dt < dt ? one.dt : []));
  const areAllKnown = earlier.length === commit.commit - 1;
  if (previous_dt !== null && areAllKnown && !days.includes(previous_dt))
    return [damaged(key, `previous_dt is ${previous_dt}, but no earlier commit has this date`)];
  const nearest = days.at(-1);
  if (nearest === undefined || previous_dt === nearest) return [];
  const what = previous_dt === null ? 'with nothing' : `with ${previous_dt}`;
  return [note(key, `was compared ${what}, although ${nearest} was published before it`)];
}

const without = (day: Day, why: string, findings: readonly Finding[] = []): Day => found(day, findings, 'nothing', why);

function found(day: Day, findings: readonly Finding[], recomputed: Day['recomputed'], why: string | null): Day {
  const isDamaged = findings.some(({ level }) => level === 'damaged');
  return {
    ...day,
    ...(isDamaged && { status: 'damaged' }),
    findings: [...day.findings, ...findings],
    recomputed,
    not_recomputed: why,
  };
}
