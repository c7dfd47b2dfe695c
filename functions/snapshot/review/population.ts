/** The population of an access review: every user of a day, with the values that the view access_review would have shown on that day. */
import type { Manifest } from '../commits/manifest.ts';
import { SettingsError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { ExceptionList } from './exceptions.ts';
import type { PeopleList } from './people.ts';
import type { PeopleMatch } from './people-match.ts';
import type { ReviewRow } from './review-document.ts';

export const DEFAULT_DORMANT_DAYS = 90;

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
 * Undefined if the store has no snapshot up to `latest`.
 * @throws SettingsError if a day has no users to review, or the list of people doesn't fit the account
 * @throws StoreError if what is read is damaged
 */
export async function readPopulation(_store: Store, _options: PopulationOptions): Promise<Population | undefined> {
  throw new SettingsError('not available yet');
}
