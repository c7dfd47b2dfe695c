/** The population of an access review: every user of a day, with the values that the view access_review would have shown on that day. */
import { compareDays } from '../changes/compare-days.ts';
import { readGroups } from '../changes/group-names.ts';
import { readUserLines } from '../changes/read-users.ts';
import { refuseLostManifests } from '../commits/lost-manifests.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestDays, readManifests } from '../commits/manifests.ts';
import { commitHashOf } from '../commits/published-by.ts';
import { SettingsError, StoreError } from '../errors.ts';
import { manifestsWithUsers } from '../history/days-with-users.ts';
import { inOneState } from '../history/one-state.ts';
import type { Store } from '../store/store.ts';
import { ExceptionMatcher } from './exception-match.ts';
import type { ExceptionList } from './exceptions.ts';
import { readPast } from './past.ts';
import type { PeopleList } from './people.ts';
import { matchPeople, type PeopleMatch } from './people-match.ts';
import type { ReviewRow } from './review-document.ts';
import { type HashedUser, hashedUser, inReviewOrder, kindsText, rowOf } from './row.ts';

export interface PopulationOptions {
  /** Default: the newest day with a snapshot. */
  readonly dt?: string;
  /** The day to compare with. Without one, `changed_since` is null. */
  readonly since?: string;
  readonly dormantDays: number;
  /** The latest date that a run can have. */
  readonly latest: string;
  readonly people?: PeopleList;
  readonly exceptions?: ExceptionList;
}

/** A day of the review, and the commit that published it. */
export interface ReviewedDay {
  readonly manifest: Manifest;
  /** Of the commit as it is stored. */
  readonly commit_sha256: string;
}

export interface Population extends ReviewedDay {
  /** Whether no later day has a snapshot. */
  readonly isNewest: boolean;
  readonly since: ReviewedDay | null;
  /** Administrators first, then by address and id. */
  readonly rows: readonly ReviewRow[];
  /** How the list of people was read. Null without a list. */
  readonly people: PeopleMatch | null;
  /** Addresses of the list of people that no user has, sorted. Empty without a list. */
  readonly without_account: readonly string[];
  /** Exceptions that match no user, as they are in the file. */
  readonly unmatched_exceptions: readonly string[];
  /** What the operator should know, each a sentence without its full stop. */
  readonly notes: readonly string[];
}

/**
 * Undefined if the store has no snapshot up to `latest`. All rows are of one state of the store.
 * @throws SettingsError if a day has no users to review, or the list of people doesn't fit the account
 * @throws StoreError if what is read is damaged, or the store changed during every reading
 */
export const readPopulation = (store: Store, options: PopulationOptions): Promise<Population | undefined> =>
  inOneState(store, () => readOnce(store, options));

async function readOnce(store: Store, options: PopulationOptions): Promise<Population | undefined> {
  const days = await daysOf(store, options);
  if (!days) return undefined;
  const { isNewest, reviewed, since } = days;
  const users = await readHashedUsers(store, reviewed.manifest);
  const people = options.people
    ? matchPeople(
        options.people,
        users.map(({ user }) => user),
      )
    : null;
  const exceptions = new ExceptionMatcher(
    options.exceptions,
    users.map(({ user }) => user),
  );
  const pasts = await readPast(store, await manifestsUntil(store, reviewed.manifest.dt), idsOf(users));
  const changedSince = since && (await kindsById(store, since.manifest, reviewed.manifest));
  const groups = await readNamesOfGroups(store, reviewed.manifest);
  const rows = users.map((hashed, i) => {
    const { user } = hashed;
    const past = pasts.get(user.id);
    if (!past) throw new Error('every user of the day has a past');
    return rowOf(hashed, i + 1, {
      manifest: reviewed.manifest,
      past,
      groupNames: groups.names,
      dormantDays: options.dormantDays,
      changed_since: changedSince && kindsText(changedSince.get(user.id) ?? new Set()),
      is_on_people_list: people?.isOnList(user) ?? null,
      exception: exceptions.reasonOf(user),
    });
  });
  return {
    ...reviewed,
    isNewest,
    since,
    rows,
    people: people?.match ?? null,
    without_account: people?.withoutAccount ?? [],
    unmatched_exceptions: exceptions.unmatched().map(({ user }) => user),
    notes: [...groups.notes, ...(people?.notes ?? []), ...exceptions.notes()],
  };
}

/** Sorts before every date. A lost manifest of the first day would make users look newer than they are. */
const BEFORE_ALL = '';

const idsOf = (users: readonly HashedUser[]) => users.values().map(({ user }) => user.id);

async function daysOf(
  store: Store,
  { dt: asked, since, latest }: PopulationOptions,
): Promise<
  { readonly isNewest: boolean; readonly reviewed: ReviewedDay; readonly since: ReviewedDay | null } | undefined
> {
  const stored = await manifestDays(store);
  const dt = asked ?? stored.findLast((day) => day <= latest);
  await refuseLostManifests(store, BEFORE_ALL, asked ?? latest);
  if (dt === undefined) return undefined;
  if (since !== undefined && since >= dt)
    throw new SettingsError(`--since ${since} is not before ${dt}, the day of the review: name an earlier day`);
  const named = since === undefined ? [dt] : [dt, since];
  const optionOf = (day: string) => (day === since ? '--since' : day === asked ? '--dt' : undefined);
  const manifests = await manifestsWithUsers(store, latest, named, optionOf);
  const [manifest, earlier] = manifests ?? [];
  if (!manifest) return undefined;
  const withCommit = async (day: Manifest) => ({ manifest: day, commit_sha256: await commitHashOf(store, day) });
  const isNewest = dt === stored.findLast((day) => day <= latest);
  return { isNewest, reviewed: await withCommit(manifest), since: earlier ? await withCommit(earlier) : null };
}

const manifestsUntil = async (store: Store, dt: string): Promise<Manifest[]> =>
  readManifests(
    store,
    (await manifestDays(store)).filter((day) => day <= dt),
  );

async function readHashedUsers(store: Store, manifest: Manifest): Promise<HashedUser[]> {
  const users: HashedUser[] = [];
  for await (const lines of await readUserLines(store, manifest))
    for (const line of lines) users.push(hashedUser(line));
  return users.sort(inReviewOrder);
}

async function kindsById(store: Store, from: Manifest, to: Manifest): Promise<ReadonlyMap<string, Set<string>>> {
  const kinds = new Map<string, Set<string>>();
  for (const { id, change } of await compareDays(store, from, to))
    kinds.set(id, (kinds.get(id) ?? new Set()).add(change));
  return kinds;
}

/** Ids replace the names if the day was published without groups, or they have expired. */
async function readNamesOfGroups(
  store: Store,
  manifest: Manifest,
): Promise<{ readonly names: ReadonlyMap<string, string>; readonly notes: readonly string[] }> {
  if (manifest.groups !== 'published')
    return { names: new Map(), notes: [`${manifest.dt} was published without groups: they are shown by their ids`] };
  const { groups, damaged, missing } = await readGroups(store, manifest);
  if (damaged !== undefined)
    throw new StoreError(`${store.location}: ${damaged} is damaged, or a run is replacing it. Run verify`);
  return {
    names: new Map(groups.map(({ id, name }) => [id, name])),
    notes: missing === undefined ? [] : [`${missing} has expired or was removed: groups are shown by their ids`],
  };
}
