import type { Deadline } from '../deadline.ts';
import {
  BrokenResponseError,
  CredentialsError,
  SourceContractError,
  SourceUnavailableError,
  TruncatedResponseError,
} from '../errors.ts';
import { retry } from '../retry.ts';
import { readBody } from './body.ts';
import { type HttpOptions, type HttpRequest, nameOf, type Received, send } from './http.ts';
import { backoff, pauseWithin } from './pause.ts';
import { bearerOf, parseToken, type StoredToken, type Token } from './token.ts';

const PATH = '/api/v2/access-token';
const MAX_BYTES = 65_536;

export interface TokenSettings {
  /** Origin of the host, `https://app.anodot.com`. */
  readonly url: string;
  /** Reads the token again on each call, since it may be rotated during a run. */
  readonly readToken: () => Promise<StoredToken>;
  /** The name, in messages, of the place that holds the token's text. */
  readonly tokenName: string;
}

/** A bearer, and which stored token it came from. */
export interface Credential {
  readonly bearer: string;
  readonly kind: Token['kind'];
  /** The secret's version. Undefined in a terminal. */
  readonly version: string | undefined;
}

/** The bearer, or the error if Anodot rejected the token. */
type Exchanged =
  | { readonly bearer: string; readonly rejected?: undefined }
  | { readonly bearer?: undefined; readonly rejected: CredentialsError };

/** The bearer token of one run: the token itself, or what `POST /api/v2/access-token` returns in exchange for it. */
export class Bearer {
  readonly #settings: TokenSettings;
  readonly #http: HttpOptions;
  #credential: Credential | undefined;

  constructor(settings: TokenSettings, http: HttpOptions) {
    this.#settings = settings;
    this.#http = http;
  }

  async get(deadline: Deadline): Promise<Credential> {
    return this.#credential ?? (await this.renew(deadline));
  }

  /**
   * Reads and exchanges the token. If Anodot rejects it, it may have been rotated since it was read. So it is read once more, and tried if
   * it changed.
   * @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError
   */
  async renew(deadline: Deadline): Promise<Credential> {
    const stored = await this.#settings.readToken();
    let credential = await this.#credentialOf(stored, deadline);
    if (credential instanceof CredentialsError) {
      const rotated = await this.#settings.readToken();
      if (rotated.text === stored.text) throw credential;
      credential = await this.#credentialOf(rotated, deadline);
      if (credential instanceof CredentialsError) throw credential;
    }
    this.#credential = credential;
    return credential;
  }

  rejected(request: string, status: number): CredentialsError {
    return new CredentialsError(
      `${request} returned ${status}: Anodot rejected the token. Store a valid one in ${this.#settings.tokenName}`,
    );
  }

  /** Returns the error if Anodot rejects the token. */
  async #credentialOf({ text, version }: StoredToken, deadline: Deadline): Promise<Credential | CredentialsError> {
    const token = parseToken(text, this.#settings.tokenName);
    const { bearer, rejected } = await this.#exchange(token, deadline);
    return rejected ?? { bearer, kind: token.kind, version };
  }

  /** Requests the bearer. Retries if the connection breaks in the middle of the response. */
  async #exchange(token: Token, deadline: Deadline): Promise<Exchanged> {
    if (token.kind === 'bearer') return { bearer: token.value };
    const request: HttpRequest = {
      method: 'POST',
      url: `${this.#settings.url}${PATH}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: token.value }),
      accepts: [200, 400, 401],
    };
    return retry(
      async () => {
        const response = await send(request, deadline, this.#http);
        const received = { request: nameOf(request), response, onRequest: this.#http.onRequest };
        if (response.status === 200) return { bearer: await bearerIn(received, deadline) };
        response.cancel();
        return { rejected: this.rejected(nameOf(request), response.status) };
      },
      async (error, attempt) => {
        if (!(error instanceof BrokenResponseError) || attempt >= this.#http.tries) throw finalFailure(error);
        const milliseconds = backoff(attempt, this.#http);
        const [name, next] = [nameOf(request), attempt + 1];
        this.#http.onRequest?.({ event: 'pause', request: name, milliseconds, attempt: next, why: 'backoff' });
        await pauseWithin(milliseconds, name, deadline);
      },
    );
  }
}

/** Turns the failure into one that isn't retried any further. The retryable classes are for lists, whose reader requests them again. */
function finalFailure(error: unknown): unknown {
  if (error instanceof BrokenResponseError) return new SourceUnavailableError(error.message);
  if (error instanceof TruncatedResponseError) return new SourceContractError(error.message);
  return error;
}

async function bearerIn(received: Received, deadline: Deadline): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(received, MAX_BYTES, deadline)) chunks.push(chunk);
  const bearer = bearerOf(Buffer.concat(chunks).toString('utf8'));
  if (bearer === undefined)
    throw new SourceContractError(`${received.request} returned 200 with a body that isn't a token`);
  return bearer;
}
