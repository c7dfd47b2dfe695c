/** The port through which users and groups arrive. */

import type { Deadline, Share } from './deadline.ts';
import type { Group } from './group.ts';
import type { GroupsOrigin, Origin } from './origin.ts';
import type { ReadUser } from './user.ts';

/** The API's paths, for requests and messages. */
export const PATHS = { users: '/api/v2/users', groups: '/api/v2/groups' } as const;

/** The share of the remaining time that groups may take. They only add names to ids. The commit, and a slow store, need the rest. */
export const GROUPS_SHARE: Share = { part: 1 / 4, name: "a quarter of the run's remaining time" };

/** A list of the account's users or groups while it arrives. It is never held in memory as a whole. */
export interface SourceResponse<Item> {
  /** When the response began to arrive. */
  readonly observedAt: Date;
  /**
   * The items in batches, in the order of the response. Can be read once.
   * @param keep receives all bytes of the response, chunk by chunk. With it, a contract error is thrown only after the last byte.
   *   Without it, the error is thrown at once
   * @throws SourceContractError, SourceUnavailableError
   */
  batches(keep?: (bytes: Uint8Array) => Promise<void>): AsyncIterable<readonly Item[]>;
  /** How the response was received. Call it only after the last batch: bytes and hash are those of the whole body. */
  origin(): Origin;
  /** Closes the connection if the response won't be read to its end. */
  cancel(): Promise<void>;
}

/** The response if the token may not read a list. Its body isn't read. */
export interface DeniedResponse {
  readonly denied: GroupsOrigin;
}

/** Where users and groups come from. All calls throw CredentialsError, SettingsError, SourceUnavailableError or SourceContractError. */
export interface Source {
  openUsers(deadline: Deadline): Promise<SourceResponse<ReadUser>>;
  openGroups(deadline: Deadline): Promise<SourceResponse<Group> | DeniedResponse>;
  /** The time by the source's own clock. Undefined if it doesn't report one. */
  time(deadline: Deadline): Promise<Date | undefined>;
  /** Pauses before a response is requested again. @param attempt the failed attempt, counted from 1 */
  pause(attempt: number, deadline: Deadline): Promise<void>;
}
