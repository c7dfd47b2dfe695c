/** The snapshots after a review, and what changed from one to the next, from the review's own on. */
import type { Change } from '../changes/change.ts';
import { differences } from '../changes/diff.ts';
import { readUsers } from '../changes/read-users.ts';
import { refuseLostManifests } from '../commits/lost-manifests.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestDays, readManifests } from '../commits/manifests.ts';
import { StoreError } from '../errors.ts';
import { changesIn, daysOfHistory, type Step, stepsOf } from '../history/steps.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../user.ts';
import type { Review, ReviewRow } from './review-document.ts';

export interface LaterDays {
  /** The review's day as it is stored now. */
  readonly own: Manifest;
  /** Whether another commit has published the review's day again. Its snapshot is then the first of `days`. */
  readonly isPublishedAgain: boolean;
  /** The snapshots after the review's whose users are stored, ascending. */
  readonly days: readonly Manifest[];
  readonly expired: readonly string[];
  /** From the review's snapshot to the first of the days, and from each to the next. */
  readonly steps: readonly LaterStep[];
}

export interface LaterStep {
  /** Undefined for the review's own snapshot if another one has replaced it. */
  readonly from: Manifest | undefined;
  readonly to: Manifest;
  changes(): Promise<AsyncIterable<Change>>;
}

/** @param latest the latest date that a run can have @throws StoreError if a day's manifest is lost or damaged */
export async function readLaterDays(store: Store, review: Review, latest: string): Promise<LaterDays> {
  const { dt, commit } = review.snapshot;
  await refuseLostManifests(store, dt, latest);
  const dts = (await manifestDays(store)).filter((day) => day >= dt && day <= latest);
  const [own, ...after] = await readManifests(store, dts);
  if (own?.dt !== dt || own.commit < commit)
    throw new StoreError(
      `${store.location}: the manifest of ${dt}, which commit ${commit} published, is missing. Run verify`,
    );
  const isPublishedAgain = own.commit > commit;
  const later = isPublishedAgain ? [own, ...after] : after;
  const stored = await daysOfHistory(store, [own, ...after]);
  const days = later.filter((day) => stored.includes(day));
  const [first] = days;
  const steps = isPublishedAgain
    ? [
        ...(first ? [fromRows(store, review, undefined, first)] : []),
        ...stepsOf(days).map((step) => asLater(store, step)),
      ]
    : stepsOf([own, ...days]).map((step) =>
        step.from === own && !step.isRecorded && !stored.includes(own)
          ? fromRows(store, review, own, step.to)
          : asLater(store, step),
      );
  const expired = later.filter((day) => !days.includes(day)).map((day) => day.dt);
  return { own, isPublishedAgain, days, expired, steps };
}

const asLater = (store: Store, step: Step): LaterStep => ({
  from: step.from,
  to: step.to,
  changes: () => changesIn(store, step),
});

/** The step from the rows of the review, whose own users aren't stored any more. */
const fromRows = (store: Store, review: Review, from: Manifest | undefined, to: Manifest): LaterStep => ({
  from,
  to,
  changes: async () => changesFromRows(review, to, await readUsers(store, to)),
});

async function* changesFromRows(
  { rows, snapshot, opened_at }: Review,
  { dt, observed_at }: Manifest,
  batches: AsyncIterable<readonly User[]>,
): AsyncGenerator<Change> {
  const span = { dt, observed_at, previous_dt: snapshot.dt, previous_observed_at: opened_at };
  const reviewed = new Map(rows.map((row) => [row.id, row]));
  for await (const users of batches)
    for (const user of users) {
      const row = reviewed.get(user.id);
      reviewed.delete(user.id);
      for (const difference of differences(row && reviewedUser(row, user), user))
        yield { ...span, id: user.id, email: user.email, ...difference };
    }
  for (const row of reviewed.values())
    for (const difference of differences(reviewedUser(row), undefined))
      yield { ...span, id: row.id, email: row.email, ...difference };
}

/** The user that a row shows. What a row lacks, such as ids of groups, is taken from the later user, so that it counts as unchanged. */
const reviewedUser = (row: ReviewRow, later?: User): User => ({
  id: row.id,
  created_at: row.created_at,
  first_name: row.first_name,
  last_name: row.last_name,
  email: row.email,
  roles: row.roles === null ? null : later?.roles?.join(', ') === row.roles ? later.roles : rolesIn(row.roles),
  disabled: row.state === 'disabled',
  owner_organization: later?.owner_organization ?? null,
  groups: later?.groups ?? null,
  default_group: later?.default_group ?? null,
  last_active: row.last_active,
  extra_json: null,
});

const rolesIn = (text: string): string[] => (text === '' ? [] : text.split(', '));
