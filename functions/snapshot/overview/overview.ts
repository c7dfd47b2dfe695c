/** What the report shows of an account over time: facts with the day and the commit that each comes from. */
import type { Change } from '../changes/change.ts';
import type { Manifest } from '../commits/manifest.ts';
import type { State } from '../contract.ts';
import type { StoreStatus } from '../status/status.ts';

/** Where a fact comes from. */
export interface Source {
  readonly dt: string;
  readonly commit: number;
}

/** A user of the newest snapshot. */
export interface ListedUser {
  readonly id: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly state: State;
  readonly is_admin: boolean;
  readonly last_active: string | null;
  readonly created_at: string | null;
  /** Whole days from the last activity, or from the creation, to the snapshot, as in the view access_review. Null if unknown. */
  readonly quiet_days: number | null;
}

/** A group of the newest snapshot. `name` is null if it isn't known. */
export interface ListedGroup {
  readonly id: string;
  readonly name: string | null;
  readonly members: number;
  readonly administrators: number;
}

/** One uninterrupted time as an administrator, as far as the snapshots of the period show it. */
export interface AdministratorStay {
  readonly id: string;
  /** Email and names are the latest known. */
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  /** The first snapshot as an administrator. Null if it was one already when the period began. */
  readonly from: Source | null;
  /** False if not all changes around the start are known. The stay may then have begun on another day. */
  readonly from_is_exact: boolean;
  /** The first snapshot in which it no longer was one. Null if it still is. */
  readonly until: Source | null;
  /** False if not all changes around the end are known. The stay may then have ended on another day. */
  readonly until_is_exact: boolean;
  /** Null if it still is one. `unknown` if no change feed recorded the end. */
  readonly ended: 'revoked' | 'left' | 'unknown' | null;
  /** Days without a snapshot directly before `from`: the change happened on one of them or on the day itself. */
  readonly missing_before_from: readonly string[];
  readonly missing_before_until: readonly string[];
}

/** A day whose manifest counts another number of administrators than the stays show: some stays are not known, or not exactly. */
export interface UncertainDay extends Source {
  /** As the manifest counts them. */
  readonly administrators: number;
  /** As the stays show them. */
  readonly shown: number;
}

export interface RecordedChange extends Source {
  readonly change: Change;
}

/**
 * Why a day's changes aren't known. `nothing to compare with`: its run found no earlier snapshot with users. `compared with another day`:
 * its change feed doesn't begin at the stored snapshot before it. `published again`: the day before was published again afterwards.
 */
export type UnknownReason = 'nothing to compare with' | 'compared with another day' | 'published again' | 'expired';

/** At most a limit of a list, and how many there are in all. */
export interface Limited<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** The users of the newest snapshot. */
export interface NewestUsers {
  /** By email. */
  readonly administrators: Limited<ListedUser>;
  /** State dormant or never_active, longest first. Unknown times come last. */
  readonly dormant: Limited<ListedUser>;
  /** By members, most first. Groups without members are included if their names are known. Null if no user's groups are known. */
  readonly groups: Limited<ListedGroup> | null;
  /** How many users are left out of the groups, because theirs aren't known. */
  readonly unknown_groups: number;
}

export interface Overview {
  /** The store, as messages name it. */
  readonly location: string;
  /** The first date that was asked for, and the newest day with a snapshot. */
  readonly since: string;
  readonly until: string;
  /** Of the days since `since`. */
  readonly status: StoreStatus;
  /** The manifests of the period, ascending. The last is the newest snapshot. */
  readonly days: readonly Manifest[];
  /** SHA-256 of the commit that published the newest snapshot. */
  readonly newest_commit_sha256: string;
  /** SHA-256 of the newest snapshot's manifest, as it is stored. */
  readonly newest_manifest_sha256: string;
  /** Null if the users of the newest snapshot have expired or were removed. */
  readonly users: NewestUsers | null;
  /** Current administrators first, then those whose stay ended last. */
  readonly stays: Limited<AdministratorStay>;
  /** Empty if the stays account for every administrator of every day. */
  readonly uncertain_stays: readonly UncertainDay[];
  /** Newest first, those of administrators before others on each day. The total includes days whose feed has expired. */
  readonly changes: Limited<RecordedChange>;
  /** The changes of kind `joined` and `left`, newest day first. The total includes days whose feed has expired. */
  readonly joiners: Limited<RecordedChange>;
  /** Days of the period whose changes aren't known, with the reason, ascending. */
  readonly unknown_changes: readonly (Source & { readonly reason: UnknownReason })[];
  /** Whether the names of the newest snapshot's groups are known, and why not. */
  readonly names_of_groups: 'known' | Exclude<Manifest['groups'], 'published'> | 'expired' | 'damaged';
  /** Names of groups that `changes` mentions, from the newest snapshot. */
  readonly group_names: ReadonlyMap<string, string>;
}

export interface OverviewOptions {
  readonly now: Date;
  /** The latest date that a run can have. */
  readonly latest: string;
  readonly since: string;
  /** The longest list. */
  readonly most: number;
}
