import type { Deadline, Share } from './deadline.ts';
import type { Group } from './group.ts';
import type { ReadUser } from './user.ts';

/** Where Anodot lists users and groups, for requests and messages. */
export const PATHS = { users: '/api/v2/users', groups: '/api/v2/groups' } as const;

/** The part of a run's time that is left for groups, which are only names for ids: the rest is for the commit, and for a slow store. */
export const GROUPS_SHARE: Share = { part: 1 / 4, name: 'a quarter of the time that was left to the run' };

/** A list of the account while it arrives. It is never held whole. */
export interface SourceResponse<Item> {
  /** When the response began to arrive. */
  readonly observedAt: Date;
  /**
   * The items in batches, in the order of the response. Read once.
   * @param keep is given every run of bytes, to the end of the response: what breaks the contract is thrown only then. Without it,
   *   that is thrown at once
   * @throws SourceContractError, SourceUnavailableError
   */
  batches(keep?: (bytes: Uint8Array) => Promise<void>): AsyncIterable<readonly Item[]>;
  /** Closes the connection of a response that won't be read to its end. */
  cancel(): Promise<void>;
}

/** Where the users come from. All calls throw CredentialsError, SettingsError, SourceUnavailableError or SourceContractError. */
export interface Source {
  openUsers(deadline: Deadline): Promise<SourceResponse<ReadUser>>;
  /** Undefined if the token may not read groups, or the host has none. */
  openGroups(deadline: Deadline): Promise<SourceResponse<Group> | undefined>;
  /** The time by the source's own clock. Undefined if it doesn't say. */
  time(deadline: Deadline): Promise<Date | undefined>;
  /** Waits before a response is requested again. @param attempt the one that failed, the first being 1 */
  pause(attempt: number, deadline: Deadline): Promise<void>;
}
