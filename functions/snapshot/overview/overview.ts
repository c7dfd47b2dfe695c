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
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  /** The first snapshot as an administrator. Null if it was one already in the first snapshot of the period. */
  readonly from: Source | null;
  /** The first snapshot in which it no longer was one. Null if it still is. */
  readonly until: Source | null;
  /** Null if it still is one. */
  readonly ended: 'revoked' | 'left' | null;
  /** Days without a snapshot directly before `from`: the change happened on one of them or on the day itself. */
  readonly missing_before_from: readonly string[];
  readonly missing_before_until: readonly string[];
}

export interface RecordedChange extends Source {
  readonly change: Change;
}

/** At most a limit of a list, and how many there are in all. */
export interface Limited<Item> {
  readonly items: readonly Item[];
  readonly total: number;
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
  /** Null if the users of the newest snapshot have expired or were removed. */
  readonly users: {
    readonly administrators: Limited<ListedUser>;
    /** State dormant or never_active, longest first. */
    readonly dormant: Limited<ListedUser>;
    /** By members, most first. Null if groups aren't known. */
    readonly groups: Limited<ListedGroup> | null;
  } | null;
  readonly stays: Limited<AdministratorStay>;
  /** Newest first, those of administrators before others on each day. */
  readonly changes: Limited<RecordedChange>;
  /** Days of the period whose changes aren't known, with the reason. */
  readonly unknown_changes: readonly (Source & {
    readonly reason: 'nothing to compare with' | 'expired' | 'published again';
  })[];
  /** Names of groups that changes mention. */
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
