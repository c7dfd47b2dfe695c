import { PROGRAM_VERSION } from '../contract.ts';
import {
  CredentialsError,
  SettingsError,
  SourceContractError,
  SourceUnavailableError,
  TruncatedAnswerError,
} from '../errors.ts';
import { ArrayParser, type Batch } from './array-parser.ts';
import { causeCode, type Deadline, type HttpOptions, networkFailure, pauseBefore, pauseWithin, send } from './http.ts';
import { httpDate } from './retry-after.ts';
import { bearerOf, parseToken, type Token } from './token.ts';

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

/** The bearer, or why Anodot doesn't accept the token. */
type Exchanged =
  | { readonly bearer: string; readonly rejected?: undefined }
  | { readonly bearer?: undefined; readonly rejected: CredentialsError };

export interface AnodotSourceSettings {
  /** Origin of the host, `https://app.anodot.com`. */
  readonly url: string;
  /** Reads the token's text anew at each call, since it may be rotated while a run is under way. */
  readonly readToken: () => Promise<string>;
  /** Where the token's text comes from, for messages. */
  readonly tokenName: string;
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
  maxElementLength: 16 * 1024 ** 2,
};
const ACCESS_TOKEN = '/api/v2/access-token';
const USERS = '/api/v2/users';
const GROUPS = '/api/v2/groups';
/** What zlib, Brotli and Zstandard say of bytes that aren't theirs. */
const DAMAGED = /^(Z_|ERR__ERROR_|ZSTD_)/;
const MAX_EXCHANGE_BYTES = 65_536;
const MAX_CLOCK_DIFFERENCE = 15 * 60_000;

/** `GET /api/v2/users` of an Anodot account. One object serves one run. */
export class AnodotSource {
  readonly #settings: AnodotSourceSettings;
  readonly #limits: AnodotSourceLimits;
  #secret: string | undefined;
  #bearer: string | undefined;

  constructor(settings: AnodotSourceSettings, limits: Partial<AnodotSourceLimits> = {}) {
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Reads the token and has it exchanged. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  async authenticate(deadline: Deadline): Promise<Token['kind']> {
    this.#secret = await this.#settings.readToken();
    const token = this.#token(this.#secret);
    const { bearer, rejected } = await this.#exchange(token, deadline);
    this.#bearer = bearer ?? (await this.#bearerOfRotatedToken(rejected, deadline));
    return token.kind;
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

  get #http(): HttpOptions {
    return { ...this.#limits, now: this.#settings.now, userAgent: `anodot-user-snapshots/${PROGRAM_VERSION}` };
  }

  #token(text: string): Token {
    return parseToken(text, this.#settings.tokenName);
  }

  #rejected(asked: string, status: number): CredentialsError {
    return new CredentialsError(
      `${asked} answered ${status}: Anodot doesn't accept the token. Store a valid one in ${this.#settings.tokenName}`,
    );
  }

  /** Asks again where the bearer breaks off on its way. */
  async #exchange(token: Token, deadline: Deadline): Promise<Exchanged> {
    if (token.kind === 'bearer') return { bearer: token.value };
    const url = `${this.#settings.url}${ACCESS_TOKEN}`;
    const asked = `POST ${url}`;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const body = JSON.stringify({ refreshToken: token.value });
    for (let attempt = 1; ; attempt++) {
      const response = await send({ method: 'POST', url, headers, body }, deadline, this.#http);
      if (response.status !== 200) {
        await response.body?.cancel();
        return { rejected: this.#rejected(asked, response.status) };
      }
      try {
        return { bearer: await this.#bearerIn(response, asked, deadline) };
      } catch (error) {
        if (!(error instanceof SourceUnavailableError) || attempt >= this.#limits.tries) throw error;
      }
      await pauseWithin(pauseBefore(attempt + 1, this.#http), asked, deadline);
    }
  }

  async #bearerIn(response: Response, asked: string, deadline: Deadline): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#bytes(response, asked, MAX_EXCHANGE_BYTES, deadline)) chunks.push(chunk);
    const bearer = bearerOf(Buffer.concat(chunks).toString('utf8'));
    if (bearer === undefined) throw new SourceContractError(`${asked} answered 200 with something that isn't a token`);
    return bearer;
  }

  /** The token may have been rotated since it was read: it is read once more, and tried if it changed. */
  async #bearerOfRotatedToken(rejected: CredentialsError, deadline: Deadline): Promise<string> {
    const before = this.#secret;
    this.#secret = await this.#settings.readToken();
    if (this.#secret === before) throw rejected;
    const again = await this.#exchange(this.#token(this.#secret), deadline);
    if (again.rejected) throw again.rejected;
    return again.bearer;
  }

  /** With the bearer, and once more with a new one where it isn't accepted. */
  async #get(path: string, deadline: Deadline, accepts: readonly number[] = []): Promise<Response> {
    const url = `${this.#settings.url}${path}`;
    const ask = () => {
      const headers = { accept: 'application/json', authorization: `Bearer ${this.#bearer}` };
      return send({ method: 'GET', url, headers, accepts: [200, 401, ...accepts] }, deadline, this.#http);
    };
    if (this.#bearer === undefined) await this.authenticate(deadline);
    const first = await ask();
    if (first.status !== 401) return first;
    await first.body?.cancel();
    await this.authenticate(deadline);
    const second = await ask();
    if (second.status !== 401) return second;
    await second.body?.cancel();
    throw this.#rejected(`GET ${url}`, 401);
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
    for await (const bytes of this.#bytes(
      response,
      `GET ${this.#settings.url}${path}`,
      this.#limits.maxBytes,
      deadline,
    )) {
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

  async *#bytes(response: Response, asked: string, maxBytes: number, deadline: Deadline): AsyncGenerator<Uint8Array> {
    if (!response.body) return;
    let received = 0;
    try {
      for await (const chunk of response.body) {
        received += chunk.byteLength;
        if (received > maxBytes) throw new SourceContractError(`${asked} answered with more than ${maxBytes} bytes`);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof SourceContractError) throw error;
      if (DAMAGED.test(causeCode(error) ?? ''))
        throw new TruncatedAnswerError(`${asked}: the compressed answer is damaged`);
      throw networkFailure(asked, error, deadline);
    }
  }
}
