import type { Deadline } from '../deadline.ts';
import { Bearer, type Credential, type TokenSettings } from './bearer.ts';
import { type HttpOptions, type HttpRequest, nameOf, type Received, send } from './http.ts';
import { backoff, pauseWithin } from './pause.ts';
import type { Token } from './token.ts';

/** A response to a request with a bearer. */
export interface Authorized extends Received {
  readonly path: string;
  readonly credential: Credential;
}

/** Requests to Anodot's API with the bearer. If the bearer is rejected, it is renewed once. */
export class Client {
  readonly #url: string;
  readonly #http: HttpOptions;
  readonly #bearer: Bearer;

  constructor(settings: TokenSettings, http: HttpOptions) {
    this.#url = settings.url;
    this.#http = http;
    this.#bearer = new Bearer(settings, http);
  }

  /** Reads and exchanges the token. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  async authenticate(deadline: Deadline): Promise<Token['kind']> {
    return (await this.#bearer.renew(deadline)).kind;
  }

  /**
   * @param accepts statuses that the caller handles besides 200
   * @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError
   */
  async get(path: string, deadline: Deadline, accepts: readonly number[] = []): Promise<Authorized> {
    const request = nameOf(this.#requestFor(path));
    let { response, credential } = await this.#send(path, deadline, accepts);
    if (response.status === 401) {
      response.cancel();
      await this.#bearer.renew(deadline);
      ({ response, credential } = await this.#send(path, deadline, accepts));
    }
    if (response.status !== 401) return { request, response, path, credential, onRequest: this.#http.onRequest };
    response.cancel();
    throw this.#bearer.rejected(request, 401);
  }

  /** Pauses before `path` is requested again. @param attempt the failed attempt, counted from 1 */
  pause(path: string, attempt: number, deadline: Deadline): Promise<void> {
    const [milliseconds, request] = [backoff(attempt, this.#http), nameOf(this.#requestFor(path))];
    this.#http.onRequest?.({ event: 'pause', request, milliseconds, attempt: attempt + 1, why: 'backoff' });
    return pauseWithin(milliseconds, request, deadline);
  }

  async #send(
    path: string,
    deadline: Deadline,
    accepts: readonly number[],
  ): Promise<Pick<Authorized, 'response' | 'credential'>> {
    const credential = await this.#bearer.get(deadline);
    const headers = { accept: 'application/json', authorization: `Bearer ${credential.bearer}` };
    const request = { ...this.#requestFor(path), headers, accepts: [200, 401, ...accepts] };
    return { response: await send(request, deadline, this.#http), credential };
  }

  #requestFor(path: string): Pick<HttpRequest, 'method' | 'url'> {
    return { method: 'GET', url: `${this.#url}${path}` };
  }
}
