/** Checks the stored objects of a day against its newest commit. */
import { type Commit, objectOf } from '../commits/commit.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { agreeingManifest } from './agreement.ts';
import { type Condition, conditionOf, inPlace } from './condition.ts';
import { essentialFindings, goneFindings, objectFindings } from './day-findings.ts';
import type { Absence } from './expiry.ts';
import { damaged, type Finding } from './findings.ts';

export interface Day {
  readonly dt: string;
  readonly commit: number;
  /**
   * `expired`: the day was complete, and all its users, changes and groups have since expired or been removed. `expiring`: some of them
   * have. `removed`: some or all were removed on purpose.
   */
  readonly status: 'sound' | 'interrupted' | 'damaged' | 'expired' | 'expiring' | 'removed';
  /** Null if the manifest isn't sound. */
  readonly users: number | null;
  /** What was recomputed from the raw response: users and changes, only the users, or nothing. Absent unless that was asked for. */
  readonly recomputed?: 'all' | 'users' | 'nothing';
  /** Why not all was recomputed. */
  readonly not_recomputed?: string | null;
  readonly findings: readonly Finding[];
}

/** Whether an object belongs to the day's users, changes and groups, which expire together. */
export const expires = ({ kind }: StoredObject): boolean => kind !== 'raw' && kind !== 'manifest';

/**
 * @param ofDay all commits of the day. Only the raw responses of the earlier ones still exist, since the newest replaced the rest
 * @param absence how to judge missing users, changes or groups
 * @param withoutRaw leaves the raw responses unread
 */
export async function verifyDay(
  store: Store,
  commit: Commit,
  ofDay: readonly Commit[],
  absence: Absence,
  withoutRaw = false,
): Promise<Day> {
  const responses = ofDay.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'raw'));
  const proof = objectOf(commit, 'manifest');
  // The manifest is promoted last, so nothing is staged after that.
  const isComplete = proof !== undefined && (await inPlace(store, proof)) === 'sound';
  const look = isComplete ? inPlace : conditionOf;
  const conditions = new Map<StoredObject, Condition>();
  for (const object of [...commit.objects, ...responses])
    if (!withoutRaw || object.kind !== 'raw') conditions.set(object, await look(store, object));
  const proven = proof && conditions.get(proof) === 'sound';
  const { manifest, problem } = proven ? await agreeingManifest(store, proof.key, commit) : {};
  const findings = essentialFindings(commit);
  if (proven && problem !== undefined) findings.push(damaged(proof.key, problem));
  const own = commit.objects.filter(expires);
  const gone = own.filter((object) => conditions.get(object) === 'absent');
  for (const [object, condition] of conditions)
    if (!gone.includes(object)) findings.push(...objectFindings(object, condition));
  const isWhole = gone.length === own.length;
  if (gone.length > 0) findings.push(...goneFindings(commit, gone, isWhole, manifest ? absence : undefined));
  const lacking = gone.length === 0 || absence.is === 'damage' ? undefined : lackOf(absence.is, isWhole);
  return {
    dt: commit.dt,
    commit: commit.commit,
    status: statusOf(findings, lacking),
    users: manifest?.user_count ?? null,
    findings,
  };
}

const lackOf = (is: 'expired' | 'removed', isWhole: boolean): Day['status'] =>
  is === 'expired' && !isWhole ? 'expiring' : is;

function statusOf(findings: readonly Finding[], lacking: Day['status'] = 'sound'): Day['status'] {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has('damaged')) return 'damaged';
  return levels.has('interrupted') ? 'interrupted' : lacking;
}
