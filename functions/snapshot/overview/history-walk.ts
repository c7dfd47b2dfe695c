/** Walks the change feeds of the period once, from the newest day to the oldest, for the changes and the stays. */
import type { Change } from '../changes/change.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { Step } from '../history/steps.ts';
import type { Store } from '../store/store.ts';
import { ChangeList } from './change-list.ts';
import type { Limited, Overview } from './overview.ts';
import { type Period, reasonOf, recordedChanges, sourceOf, stepsTo } from './period.ts';
import { type Stay, StayWalk } from './stay-walk.ts';

export interface WalkedHistory extends Pick<Overview, 'changes' | 'joiners' | 'unknown_changes'> {
  /** The snapshots to which the positions of stays refer. The first may be the one before the period. */
  readonly snapshots: readonly Manifest[];
  readonly stays: Limited<Stay>;
  /** How many administrators the stays show in each snapshot. */
  readonly shown: readonly number[];
  /** The steps whose changes are known, newest first. */
  readonly known: readonly Step[];
}

/**
 * @param administrators of the newest snapshot. Undefined if its users have expired
 * @param most the longest list
 * @throws StoreError if a change feed is damaged
 */
export async function walkHistory(
  store: Store,
  period: Period,
  administrators: ReadonlySet<string> | undefined,
  most: number,
): Promise<WalkedHistory> {
  const { days, before } = period;
  const all = [...(before ? [before] : []), ...days];
  const positions = new Map(all.map(({ dt }, position) => [dt, position]));
  const [first] = days;
  const lists = { changes: new ChangeList(most), joiners: new ChangeList(most) };
  const stays = new StayWalk(all.length, administrators, most);
  const known: Step[] = [];
  const unknown: Overview['unknown_changes'][number][] = [];
  for (const step of stepsTo(period).reverse()) {
    const at = positions.get(step.to.dt) ?? 0;
    const recorded = await recordedChanges(store, step);
    if (recorded.changes) {
      known.push(step);
      await passDay(recorded.changes, at, step, lists, stays);
    } else {
      unknown.push({ ...sourceOf(step.to), reason: recorded.reason });
      if (step.to !== first) stays.passUnknown(at);
    }
  }
  if (first && !before) unknown.push({ ...sourceOf(first), reason: reasonOf({ from: undefined, to: first }) });
  return {
    snapshots: all,
    ...stays.end(),
    known,
    changes: { items: lists.changes.items, total: countOf(stepsTo(period)) },
    joiners: { items: lists.joiners.items, total: countOf(stepsTo(period), isJoiner) },
    unknown_changes: unknown.reverse(),
  };
}

async function passDay(
  feed: AsyncIterable<Change>,
  at: number,
  { from, to }: Step,
  lists: { readonly changes: ChangeList; readonly joiners: ChangeList },
  stays: StayWalk,
): Promise<void> {
  const [day, joiners] = [lists.changes.day(sourceOf(to)), lists.joiners.day(sourceOf(to))];
  const wasKnown = from.present.roles === from.user_count;
  const revoked: string[] = [];
  const left = new Set<string>();
  for await (const change of feed) {
    day.add(change);
    if (isJoiner(change.change)) joiners.add(change);
    if (change.change === 'admin_granted') stays.passGranted(change.id, at, wasKnown);
    if (change.change === 'admin_revoked') revoked.push(change.id);
    if (change.change === 'left') left.add(change.id);
  }
  day.end();
  joiners.end();
  for (const id of revoked) stays.passRevoked(id, at, left.has(id) ? 'left' : 'revoked');
  for (const id of left) stays.passLeft(id, at);
}

const isJoiner = (kind: string): boolean => kind === 'joined' || kind === 'left';

/** As the manifests count them, also if a feed has expired. */
const countOf = (steps: readonly Step[], isCounted: (kind: string) => boolean = () => true): number =>
  steps
    .filter(({ isRecorded }) => isRecorded)
    .flatMap(({ to }) => Object.entries(to.changes ?? {}))
    .reduce((sum, [kind, count]) => sum + (isCounted(kind) ? count : 0), 0);
