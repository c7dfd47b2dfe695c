/** Works out what earlier snapshots say about the users of a day, walking back along the change feeds. Equals the view access_review. */
import type { Change } from '../changes/change.ts';
import { compareDays } from '../changes/compare-days.ts';
import { readChanges } from '../changes/read-changes.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { ChangeKind } from '../contract.ts';
import { daysOfHistory, type Step, stepsOf } from '../history/steps.ts';
import type { Store } from '../store/store.ts';

/** What earlier snapshots say about one user. */
export interface Past {
  /** The first day on which the user was seen, even if it left and returned since. */
  first_dt: string;
  /** The day since which the user has had its present administrator role, if it has one. */
  role_dt: string;
  /** The latest day whose stored feed has changes of the user, and their kinds. */
  changed_dt: string | null;
  kinds: Set<ChangeKind> | null;
}

/**
 * Changes what `pasts` holds until it covers every day. A day whose users have expired or were removed counts as a day without a
 * snapshot. Its feed still counts if it is stored.
 * @param manifests all up to the day of these users, ascending
 * @throws StoreError if a feed is damaged, or the users of two days that no feed compares
 */
export async function readPast(
  store: Store,
  manifests: readonly Manifest[],
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Past>> {
  const history = await daysOfHistory(store, manifests);
  const steps = new Map(stepsOf(history).map((step) => [step.to.dt, step]));
  const oldest = history[0]?.dt ?? '';
  const pasts = new Map<string, Past>();
  for (const id of ids) pasts.set(id, { first_dt: oldest, role_dt: '', changed_dt: null, kinds: null });
  for (const manifest of manifests.toReversed())
    await walkBack(store, { manifest, step: steps.get(manifest.dt), oldest }, pasts);
  for (const past of pasts.values()) past.role_dt ||= oldest;
  return pasts;
}

interface WalkedDay {
  readonly manifest: Manifest;
  /** Undefined if there is no earlier day, or the day's users aren't stored. */
  readonly step: Step | undefined;
  readonly oldest: string;
}

/** Reads the day's feed once, and the users of two days only if no feed compares them. */
async function walkBack(
  store: Store,
  { manifest, step, oldest }: WalkedDay,
  pasts: ReadonlyMap<string, Past>,
): Promise<void> {
  const feed = await readChanges(store, manifest);
  for await (const change of feed ?? []) {
    const past = pasts.get(change.id);
    if (!past) continue;
    noteKind(past, change, manifest.dt);
    if (step?.isRecorded) noteStay(past, change, manifest.dt, oldest);
  }
  if (!step || (feed && step.isRecorded)) return;
  for (const change of await compareDays(store, step.from, step.to)) {
    const past = pasts.get(change.id);
    if (past) noteStay(past, change, manifest.dt, oldest);
  }
}

function noteKind(past: Past, { change }: Change, dt: string): void {
  if (past.changed_dt !== null && past.changed_dt !== dt) return;
  past.changed_dt = dt;
  past.kinds ??= new Set();
  past.kinds.add(change);
}

/**
 * Days come newest first, so the last call for a user is about its earliest change, and the first `admin_granted` began its present role.
 * It is in the feed even if the roles were unknown before. That a role became unknown isn't, but a user who is an administrator today
 * got the role again after that.
 */
function noteStay(past: Past, { change }: Change, dt: string, oldest: string): void {
  if (change === 'joined') past.first_dt = dt;
  if (change === 'left') past.first_dt = oldest;
  if (change === 'admin_granted') past.role_dt ||= dt;
}
