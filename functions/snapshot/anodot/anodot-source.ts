import { PROGRAM_VERSION } from '../contract.ts';
import type { Deadline } from '../deadline.ts';
import { SettingsError, SourceContractError } from '../errors.ts';
import { ArrayParser, type Batch } from './array-parser.ts';
import { Bearer, type TokenSettings } from './bearer.ts';
import { readBody } from './body.ts';
import { type HttpOptions, pauseBefore, pauseWithin, send } from './http.ts';
import { httpDate } from './retry-after.ts';
import type { Token } from './token.ts';

/** All users of one account, as they arrive. */
export interface Answer {
  /** When the answer began to arrive. */
  readonly observedAt: Date;
  /**
   * The users in batches. Each run of bytes goes to `keep` first, to the end of the answer, also where it isn't a list of users.
   * @throws SourceContractError, SourceUnavailableError
   */
  batches(keep: (bytes: Uint8Array) => Promise<void>): AsyncIterable<Batch>;
  /** Closes the connection of an answer that won't be read to its end. */
  cancel(): Promise<void>;
}

export interface AnodotSourceSettings extends TokenSettings {
  readonly now: () => Date;
}

export interface AnodotSourceLimits extends Pick<HttpOptions, 'tries' | 'firstPause'> {
  /** Bytes of an answer, decompressed. */
  readonly maxBytes: number;
  /** Characters of one user. */
  readonly maxElementLength: number;
}

const LIMITS: AnodotSourceLimits = {
  tries: 4,
  firstPause: 500,
  maxBytes: 4 * 1024 ** 3,
  maxElementLength: 1024 ** 2,
};
const USERS = '/api/v2/users';
const GROUPS = '/api/v2/groups';
const MAX_CLOCK_DIFFERENCE = 15 * 60_000;

/** `GET /api/v2/users` of an Anodot account. One object serves one run. */
export class AnodotSource {
  readonly #settings: AnodotSourceSettings;
  readonly #limits: AnodotSourceLimits;
  readonly #http: HttpOptions;
  readonly #bearer: Bearer;

  constructor(settings: AnodotSourceSettings, limits: Partial<AnodotSourceLimits> = {}) {
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...limits };
    this.#http = { ...this.#limits, now: settings.now, userAgent: `anodot-user-snapshots/${PROGRAM_VERSION}` };
    this.#bearer = new Bearer(settings, this.#http);
  }

  /** Reads the token and has it exchanged. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  authenticate(deadline: Deadline): Promise<Token['kind']> {
    return this.#bearer.renew(deadline);
  }

  /** Asks for all users. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  async open(deadline: Deadline): Promise<Answer> {
    const response = await this.#get(USERS, deadline);
    const observedAt = this.#settings.now();
    await this.#compareClocks(response, observedAt);
    return this.#answer(response, USERS, observedAt, deadline);
  }

  /** Asks for all groups; undefined where the token may not read them, or the host has none. Throws like `open`. */
  async openGroups(deadline: Deadline): Promise<Answer | undefined> {
    const response = await this.#get(GROUPS, deadline, [403, 404]);
    if (response.status === 200) return this.#answer(response, GROUPS, this.#settings.now(), deadline);
    await response.body?.cancel();
    return undefined;
  }

  /** Waits before the answer is asked for again. */
  pause(attempt: number, deadline: Deadline): Promise<void> {
    return pauseWithin(pauseBefore(attempt + 1, this.#http), `GET ${this.#settings.url}${USERS}`, deadline);
  }

  /** With the bearer, and once more with a new one where it isn't accepted. */
  async #get(path: string, deadline: Deadline, accepts: readonly number[] = []): Promise<Response> {
    const url = `${this.#settings.url}${path}`;
    const ask = async () => {
      const headers = { accept: 'application/json', authorization: `Bearer ${await this.#bearer.get(deadline)}` };
      return send({ method: 'GET', url, headers, accepts: [200, 401, ...accepts] }, deadline, this.#http);
    };
    const first = await ask();
    if (first.status !== 401) return first;
    await first.body?.cancel();
    await this.#bearer.renew(deadline);
    const second = await ask();
    if (second.status !== 401) return second;
    await second.body?.cancel();
    throw this.#bearer.rejected(`GET ${url}`, 401);
  }

  #answer(response: Response, path: string, observedAt: Date, deadline: Deadline): Answer {
    return {
      observedAt,
      batches: (keep) => this.#batches(response, path, keep, deadline),
      cancel: async () => {
        await response.body?.cancel().catch(() => undefined); // what broke off is closed already
      },
    };
  }

  /** A snapshot must not be filed under a wrong day. */
  async #compareClocks(response: Response, now: Date): Promise<void> {
    const theirs = httpDate(response.headers.get('date') ?? '');
    const difference = theirs === undefined ? 0 : Math.abs(theirs - now.getTime());
    if (difference <= MAX_CLOCK_DIFFERENCE) return;
    await response.body?.cancel();
    throw new SettingsError(
      `the clock here differs by ${Math.round(difference / 60_000)} minutes from the Date of Anodot's answer. Set the clock`,
    );
  }

  async *#batches(
    response: Response,
    path: string,
    keep: (bytes: Uint8Array) => Promise<void>,
    deadline: Deadline,
  ): AsyncGenerator<Batch> {
    const parser = new ArrayParser({ maxElementLength: this.#limits.maxElementLength });
    let failure: SourceContractError | undefined;
    const asked = `GET ${this.#settings.url}${path}`;
    for await (const bytes of readBody(response, asked, this.#limits.maxBytes, deadline)) {
      await keep(bytes);
      if (failure) continue; // the rest is received all the same, so that `raw` has it
      try {
        const batch = parser.push(bytes);
        if (batch.elements.length > 0) yield batch;
      } catch (error) {
        if (!(error instanceof SourceContractError)) throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
    yield parser.end();
  }
}
