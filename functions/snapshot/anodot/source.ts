import { PROGRAM_VERSION } from '../contract.ts';
import type { Deadline } from '../deadline.ts';
import { SettingsError } from '../errors.ts';
import type { Group } from '../group.ts';
import type { OnRequest } from '../request-event.ts';
import { type DeniedResponse, PATHS, type Source, type SourceResponse } from '../source.ts';
import type { ReadUser } from '../user.ts';
import { MAX_CLOCK_DIFFERENCE } from '../utc-day.ts';
import type { TokenSettings } from './bearer.ts';
import { Client } from './client.ts';
import { Connections } from './connections.ts';
import { toGroup } from './group-record.ts';
import type { HttpOptions } from './http.ts';
import { type ListLimits, ListResponse } from './list-response.ts';
import { originOf } from './origin-of.ts';
import type { Response } from './request.ts';
import { httpDate } from './retry-after.ts';
import type { Token } from './token.ts';
import { toUser } from './user-record.ts';

export interface AnodotSourceSettings extends TokenSettings {
  readonly now: () => Date;
  /** Receives each request, each retry and each pause. */
  readonly onRequest?: OnRequest | undefined;
}

export type AnodotSourceLimits = Pick<HttpOptions, 'tries' | 'firstPause'> & ListLimits;

/** The limits of every run. */
export const LIMITS: AnodotSourceLimits = {
  tries: 4,
  firstPause: 500,
  maxBytes: 4 * 1024 ** 3,
  maxElementLength: 1024 ** 2,
};
/** Groups are held in memory, to find duplicates. This fits into the function's smallest memory, and is far more than group names need. */
const MAX_GROUPS_BYTES = 16 * 1024 ** 2;

/** The users and groups of an Anodot account. One object serves one run. */
export class AnodotSource implements Source {
  readonly #now: () => Date;
  readonly #limits: AnodotSourceLimits;
  readonly #client: Client;

  constructor({ now, onRequest, ...token }: AnodotSourceSettings, limits: Partial<AnodotSourceLimits> = {}) {
    this.#now = now;
    this.#limits = { ...LIMITS, ...limits };
    this.#client = new Client(token, {
      ...this.#limits,
      now,
      onRequest,
      connections: new Connections(token.url),
      userAgent: `anodot-user-snapshots/${PROGRAM_VERSION}`,
    });
  }

  /** Reads and exchanges the token. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  authenticate(deadline: Deadline): Promise<Token['kind']> {
    return this.#client.authenticate(deadline);
  }

  async openUsers(deadline: Deadline): Promise<SourceResponse<ReadUser>> {
    const received = await this.#client.get(PATHS.users, deadline);
    const observedAt = this.#now();
    compareClocks(received.response, observedAt);
    return new ListResponse('user', received, observedAt, toUser, this.#limits, deadline);
  }

  async openGroups(deadline: Deadline): Promise<SourceResponse<Group> | DeniedResponse> {
    const received = await this.#client.get(PATHS.groups, deadline, [403]);
    if (received.response.status === 200)
      return new ListResponse(
        'group',
        received,
        this.#now(),
        toGroup,
        { ...this.#limits, maxBytes: Math.min(this.#limits.maxBytes, MAX_GROUPS_BYTES) },
        deadline,
      );
    received.response.cancel();
    return { denied: originOf(received, { bytes: null, sha256: null }) };
  }

  async time(deadline: Deadline): Promise<Date | undefined> {
    const { response } = await this.#client.get(PATHS.users, deadline);
    compareClocks(response, this.#now());
    response.cancel();
    const date = httpDate(response.header('date') ?? '');
    return date === undefined ? undefined : new Date(date);
  }

  pause(attempt: number, deadline: Deadline): Promise<void> {
    return this.#client.pause(PATHS.users, attempt, deadline);
  }
}

/** Compares this machine's clock with Anodot's, so that no snapshot is stored under the wrong day. @throws SettingsError */
function compareClocks(response: Response, now: Date): void {
  const theirs = httpDate(response.header('date') ?? '');
  const difference = theirs === undefined ? 0 : Math.abs(theirs - now.getTime());
  if (difference <= MAX_CLOCK_DIFFERENCE) return;
  response.cancel();
  throw new SettingsError(
    `this machine's clock and the Date header of Anodot's response are ${Math.round(difference / 60_000)} minutes apart. Set the clock`,
  );
}
